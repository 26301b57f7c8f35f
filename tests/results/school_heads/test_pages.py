"""The head of a school reads the published decisions of its pupils, and nothing else."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from candidates.models import Entry, SchoolHead
from results.models import Release
from results.publication import release
from results.publication.correction import correction
from tests import factories
from tests.staff import client_of, head_of, member, text_of

pytestmark = pytest.mark.django_db

OTHER_UAI = "0690132U"


@pytest.fixture
def school(people):
    """The school of all `people` but one, who is of another."""
    school = factories.school()
    Entry.objects.update(school=school)
    other = factories.school(OTHER_UAI, name="Lycée voisin")
    Entry.objects.filter(pk=people["discreet"].pk).update(school=other)
    return school


@pytest.fixture
def head(school):
    """The browser of the head of `school`, signed in."""
    head_of(school)
    return client_of("school head")


def page(name, *args):
    return reverse(f"results:{name}", args=args)


def of_session(name="school_session", *rest):
    return page(name, "0750655E", "BTS-2026", *rest)


def every_page(entry):
    return [
        page("school"),
        page("school_sessions", "0750655E"),
        of_session(),
        of_session("school_table"),
        of_session("school_pupil", entry.pk),
    ]


def test_decisions_are_read_in_the_words_of_the_exam_and_counted(head, people, open_session):
    assert head.get(page("school")).url == page("school_sessions", "0750655E")
    assert "BTS, session 2026 5 élèves" in unmarked(head.get(page("school_sessions", "0750655E")))
    text = unmarked(head.get(of_session()))
    for line in (
        "ALBERT Léa né(e) le 31/12/2004 Admis",
        "BERNARD Léa né(e) le 31/12/2004 Autorisé à se présenter aux épreuves de contrôle",
        "CARON Léa né(e) le 31/12/2004 Ajourné",
        "DENIS Léa né(e) le 31/12/2004 Diplôme non délivré : absence à une épreuve obligatoire",
        "EVRARD Léa né(e) le 31/12/2004 Non communiquée pour le moment",
        "Admis 1 Autorisé à se présenter aux épreuves de contrôle 1 Ajourné 1 Diplôme non délivré",
    ):
        assert line in text, text
    pupil = unmarked(head.get(of_session("school_pupil", people["admitted"].pk)))
    assert "ALBERT Léa Décision du jury Admis" in pupil
    assert not re.search("13,00|78|14,00", pupil)  # average, points and a mark


def test_a_table_in_french_holds_the_same_and_no_mark(head, people, open_session):
    answer = head.get(of_session("school_table"), headers={"accept-language": "en"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "numero;nom;nom_usage;prenoms;date_naissance;specialite;decision;etabli_le"
    assert len(lines) == 6
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert lines[1] == f"{people['admitted'].number};ALBERT;;Léa;31/12/2004;MINI;Admis;{today}"
    assert 'filename="resultats-0750655E-BTS-2026.csv"' in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]


def test_before_the_hour_nothing_is_told_and_a_withdrawal_takes_all_back_at_once(
    head, people, scheduled_session
):
    def told():
        answers = [head.get(address, follow=True) for address in every_page(people["admitted"])]
        return [answer.status_code for answer in answers], text_of(answers[0])

    statuses, text = told()
    assert statuses == [200, 200, 404, 404, 404]
    assert "Aucun résultat n’est encore publié pour votre établissement." in text
    assert "BTS" not in text
    Release.objects.update(opens_at=timezone.now() - timedelta(minutes=1))
    assert told()[0] == [200] * 5
    release.withdraw(Release.objects.get(), by=member("manager"), message="Erreur.")
    assert told()[0] == [200, 200, 404, 404, 404]


def test_a_correction_is_read_at_once(head, people, open_session, boss):
    with correction(people["admitted"], by=boss, reason="Erreur de report."):
        people["admitted"].marks.filter(test__code="U3").update(value=100)
    text = unmarked(head.get(of_session("school_pupil", people["admitted"].pk)))
    assert "Ajourné" in text
    assert "Corrigée le" in text
    assert "Erreur de report" not in text


def test_another_school_and_its_pupil_are_as_unknown_as_one_that_does_not_exist(
    head, people, open_session
):
    theirs = people["discreet"].pk
    for own, unknown in (
        (page("school_sessions", OTHER_UAI), page("school_sessions", "0990000X")),
        (page("school_session", OTHER_UAI, "BTS-2026"), page("school_session", "9", "BTS-2026")),
        (page("school_table", OTHER_UAI, "BTS-2026"), page("school_table", "9", "BTS-2026")),
        (of_session("school_pupil", theirs), of_session("school_pupil", 2_000_000_000)),
        (page("school_pupil", OTHER_UAI, "BTS-2026", theirs), of_session("school_pupil", 9**40)),
    ):
        answers = [head.get(address) for address in (own, unknown)]
        assert [answer.status_code for answer in answers] == [404, 404]
        texts = [text_of(answer).replace(answer.request["PATH_INFO"], "") for answer in answers]
        assert texts[0] == texts[1]
    assert "FAURE" not in text_of(head.get(of_session()))


def test_a_head_of_several_schools_chooses_one_and_one_of_none_is_told_so(head, school):
    SchoolHead.objects.filter(school=school).delete()
    assert "Aucun établissement n’est rattaché à votre compte." in text_of(head.get(page("school")))
    head_of(school, factories.school(OTHER_UAI))
    text = text_of(head.get(page("school")))
    assert "Lycée des Exemples" in text
    assert "Lycée voisin" in text


def test_a_page_costs_as_many_queries_for_five_pupils_as_for_one(
    head, people, open_session, django_assert_max_num_queries
):
    head.get(of_session())  # what documents share is read once for all
    with django_assert_max_num_queries(2, using="public"):
        head.get(of_session())
    with django_assert_max_num_queries(6, using="default"):
        head.get(of_session())


def test_a_head_signs_in_to_their_own_pages_and_sees_no_page_of_the_admin(school, client):
    user = head_of(school)
    user.set_password("un mot de passe assez long")
    user.save()
    typed = {"login": user.username, "password": "un mot de passe assez long"}
    login = reverse("admin:login")
    assert client.post(login, {**typed, "next": "/gestion/"}).url == page("school")
    assert client.get("/gestion/", follow=True).redirect_chain[-1][0].endswith("/0750655E/")
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(page("school")).url.startswith(login)


def unmarked(answer):
    """The words of a page as they are read, with plain spaces."""
    main = answer.content.decode().partition('<main id="contenu"')[2].partition("</main>")[0]
    return " ".join(re.sub("<[^>]*>", " ", "<" + main).split())
