"""The help pages: the law, the current dates, and the links to other pages."""

import datetime
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidates.civil_status.requests import PROOF_KEPT
from candidates.identification import drafts
from candidates.models import Academy
from results.guidance import dates
from results.guidance.pages import PAGES
from results.models import Release
from tests import factories
from tests.candidates.visits import hidden, identify
from tests.results import documents
from tests.results.screen import page as result_page
from tests.results.screen import plain

pytestmark = pytest.mark.django_db

HELP = ["guidance:index", *(page.url_name for page in PAGES.values())]
every_page = pytest.mark.parametrize("name", HELP)

INTERNAL_LINK = re.compile(r'href="(/[^"]*)"')
BTS_2026 = {
    "score_sheets_mailed_on": datetime.date(2026, 7, 9),
    "register_again_from": datetime.date(2026, 10, 12),
    "register_again_until": datetime.date(2026, 11, 20),
    "control_choose_by": datetime.date(2026, 7, 3),
    "control_tests_from": datetime.date(2026, 7, 6),
    "control_tests_until": datetime.date(2026, 7, 8),
}


def source(name, client=None):
    return (client or Client()).get(reverse(name)).content.decode()


def words(name):
    return plain(re.search(r"<main.*</main>", source(name), re.DOTALL)[0])


def opened(session=None, *, at="2026-07-02 10:00+02:00", **values):
    return Release.objects.create(
        session=session or factories.session(),
        speciality=factories.regulation(),
        opens_at=datetime.datetime.fromisoformat(at),
        **values,
    )


@pytest.fixture
def page_on(time_machine):
    """Return the text of a help page at noon in Paris on a day."""

    def read(day, name):
        time_machine.move_to(f"{day} 12:00+02:00")
        return words(f"guidance:{name}")

    return read


# --- Every page ---------------------------------------------------------------------------------


@every_page
def test_a_page_can_be_kept_for_a_minute_and_sets_no_cookie(client, name):
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=60"
    assert {"Cookie", "Accept-Language"} <= set(response["Vary"].split(", "))
    assert not response.cookies


@every_page
def test_a_page_asks_two_questions_of_the_database_at_most(
    client, name, django_assert_max_num_queries
):
    opened(factories.session(**BTS_2026))
    # sessions or releases; académies
    with django_assert_max_num_queries(2, using="public"):
        client.get(reverse(name))
    with django_assert_max_num_queries(0, using="default"):
        client.get(reverse(name))


@every_page
def test_no_link_of_a_page_leads_nowhere(client, name):
    opened(factories.session(**BTS_2026))
    for link in set(INTERNAL_LINK.findall(source(name))):
        path, _, part = link.partition("#")
        if not path.startswith(settings.STATIC_URL):
            target = client.get(path)
            assert target.status_code in {200, 302}, link
            assert not part or f'id="{part}"' in target.content.decode(), link


@every_page
def test_the_index_leads_to_every_page(name):
    assert f'href="{reverse(name)}"' in source("guidance:index")


@every_page
def test_a_page_says_whom_to_write_to(name):
    assert f"mailto:{settings.OFFICE_EMAIL}" in source(name)


@every_page
def test_a_page_of_an_office_that_has_nothing_yet_is_whole(name):
    Academy.objects.all().delete()
    assert len(words(name)) > 300


@every_page
def test_a_page_holds_with_sessions_that_have_no_dates(name):
    opened(factories.session())
    opened(factories.session("BAC-2026", exam="BAC"), at="2090-07-02 10:00+02:00")
    factories.session("BTS-2027", year=2027)
    text = words(name)
    assert "None" not in text
    assert ": ." not in text


@pytest.mark.parametrize("path", ["/", "/une/page/inconnue/"])
def test_home_and_an_unknown_page_lead_to_the_help(client, path):
    assert f'href="{reverse("guidance:index")}"' in client.get(path).content.decode()


def test_no_template_carries_a_contact_or_a_date_of_a_session():
    templates = Path(settings.BASE_DIR, "templates", "guidance").glob("*.html")
    held = re.compile(r"https?://|\w@\w|\b20(?:2[4-9]|[3-9]\d)\b|\b0\d(?:[ .]?\d\d){4}\b")
    found = {path.name: held.findall(path.read_text()) for path in templates}
    assert {name: what for name, what in found.items() if what} == {}


def test_the_language_is_changed_without_a_token_and_the_page_stays():
    visitor = Client(enforce_csrf_checks=True)
    here = reverse("guidance:absence")
    changed = visitor.post(reverse("set_language"), {"language": "en", "next": here})
    assert (changed.status_code, changed.url) == (302, here)
    english = source("guidance:absence", visitor)
    assert '<html lang="en">' in english
    assert "Absent from a test" in english


# --- The law ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("absence", "par téléphone : le numéro est sur votre convocation"),
        ("absence", "La force majeure"),
        ("not_admitted", "leurs dates sont annoncées en septembre"),
        ("fraud", "Ce n’est ni une réussite ni un échec"),
        ("complaints", "pendant un an après la publication des résultats"),
        ("complaints", "un mois pour répondre"),
        ("complaints", "deux mois après le refus"),
        ("complaints", "Commission d’accès aux documents administratifs (CADA)"),
        ("score_sheet", "une semaine après l’affichage des résultats"),
        ("diploma", "Vous retirez votre diplôme dans cet établissement, début octobre"),
        ("diploma", "envoyé chez vous, début septembre"),
        ("diploma", "c’est elle qui envoie votre diplôme, en octobre"),
        ("lost_diploma", "Un diplôme n’est jamais imprimé deux fois"),
        ("results", "Aucun résultat n’est donné par téléphone, ni par courriel"),
        ("accessibility", "non conforme avec le référentiel général"),
        ("accessibility", "Défenseur des droits"),
        ("legal", "licence MIT"),
        ("legal", settings.OFFICE_DIRECTOR),
    ],
)
def test_the_rule_is_said_as_it_is(name, said):
    assert said.replace("\N{NO-BREAK SPACE}", " ") in words(f"guidance:{name}")


@pytest.mark.parametrize("name", ["no_list", "results"])
def test_the_absence_of_a_name_is_never_a_failure(name):
    text = words(f"guidance:{name}")
    assert "ne veut rien dire" in text
    assert "ont accepté d’être publiés" in text or "ont dit oui à la publication" in text


# --- Dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "day", "said"),
    [
        ("score_sheet", "2026-07-09", "partent par courrier le 9 juillet 2026"),
        ("score_sheet", "2026-07-10", "sont partis par courrier le 9 juillet 2026"),
        ("not_admitted", "2026-07-03", "Dites votre choix au plus tard le vendredi 3 juillet 2026"),
        ("not_admitted", "2026-07-04", "Le choix était à dire au plus tard le"),
        ("not_admitted", "2026-07-08", "Les oraux ont lieu du 6 juillet 2026 au 8 juillet 2026"),
        ("not_admitted", "2026-07-09", "Les oraux ont eu lieu du 6 juillet 2026"),
        ("not_admitted", "2026-09-01", "seront ouvertes du 12 octobre 2026 au 20 novembre 2026"),
        ("not_admitted", "2026-11-20", "sont ouvertes jusqu’au 20 novembre 2026"),
        ("not_admitted", "2026-11-21", "sont closes depuis le 20 novembre 2026"),
        ("results", "2026-07-02", "Résultats ouverts depuis le 2 juillet 2026 à 10 h 00"),
        ("results", "2026-07-01", "Ouverture le jeudi 2 juillet 2026 à 10 h 00"),
        ("no_list", "2026-07-01", "Certaines listes ne sont pas encore ouvertes"),
        ("complaints", "2027-07-02", "Demande possible jusqu’au 2 juillet 2027"),
        ("complaints", "2027-07-03", "Le délai est passé depuis le 2 juillet 2027"),
        ("diploma", "2026-09-10", "partiront début septembre 2026"),
        ("diploma", "2026-09-11", "sont partis début septembre 2026"),
        ("diploma", "2026-10-10", "remettront les diplômes début octobre 2026"),
        ("diploma", "2026-10-11", "remettent les diplômes depuis début octobre 2026"),
    ],
)
def test_what_is_past_is_said_in_the_past(page_on, name, day, said):
    opened(factories.session(**BTS_2026))
    assert said in page_on(day, name).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("score_sheet", "9 juillet 2026"),
        ("not_admitted", "20 novembre 2026"),
        ("complaints", "2 juillet 2027"),
    ],
)
def test_a_date_that_the_office_moves_moves_on_the_page(page_on, name, date):
    session = factories.session(**BTS_2026)
    opened(session)
    assert date in page_on("2026-07-08", name)
    type(session).objects.update(
        score_sheets_mailed_on="2026-07-16", register_again_until="2026-12-04"
    )
    Release.objects.update(withdrawn_at="2026-07-03 10:00+02:00")
    assert date not in page_on("2026-07-08", name)


def test_a_withdrawn_release_is_said_to_be_checked_and_gives_no_delay(page_on):
    opened(withdrawn_at=datetime.datetime.fromisoformat("2026-07-02 11:00+02:00"))
    assert "momentanément retirés" in page_on("2026-07-03", "results")
    assert "2 juillet" not in page_on("2026-07-03", "complaints")
    assert "BTS, session 2026" not in page_on("2026-11-03", "diploma")


def test_results_that_open_after_the_diplomas_promise_no_day(page_on):
    opened(at="2026-11-20 10:00+01:00")
    text = page_on("2026-11-23", "diploma")
    assert "Votre établissement vous dit quand il a reçu les diplômes" in text
    assert "octobre 2026" not in text


def test_only_the_latest_past_dates_of_an_exam_are_told(page_on):
    earlier = {name: day.replace(year=2025) for name, day in BTS_2026.items()}
    factories.session("BTS-2025", year=2025, **earlier)
    factories.session(**BTS_2026)
    factories.session("BAC-2025", exam="BAC", year=2025, **earlier)
    text = page_on("2026-07-01", "score_sheet")
    assert "BTS, session 2026" in text
    assert "BTS, session 2025" not in text
    assert "BAC, session 2025" in text


def test_a_date_that_is_not_over_is_told_whatever_comes_after_it(page_on):
    factories.session(**BTS_2026)
    factories.session("BTS-2027", year=2027, register_again_from=datetime.date(2027, 10, 11))
    assert "jusqu’au 20 novembre 2026" in page_on("2026-11-20", "not_admitted")
    assert "20 novembre 2026" not in page_on("2026-11-21", "not_admitted")


def test_dates_more_than_a_year_old_are_forgotten(page_on):
    factories.session(**BTS_2026)
    assert "2026" in page_on("2027-07-08", "score_sheet")
    assert "2026" not in page_on("2027-07-10", "score_sheet")


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (datetime.date(2026, 7, 2), datetime.date(2027, 7, 2)),
        (datetime.date(2028, 2, 29), datetime.date(2029, 2, 28)),
    ],
)
def test_a_year_ends_on_the_same_day_of_the_next(day, after):
    assert dates.a_year_after(day) == after


# --- Académies ----------------------------------------------------------------------------------


def test_the_other_academies_are_listed_with_their_rectorat_their_site_and_their_email():
    Academy.objects.filter(code="09").update(
        rectorat="Rectorat d’essai", website="https://rectorat.example/", email="r@rectorat.example"
    )
    text = source("guidance:other_academies")
    for shown in ("Rectorat d’essai", "https://rectorat.example/", "mailto:r@rectorat.example"):
        assert shown in text
    names = set(re.findall(r'id="academie-(\d\d)"', text))
    assert names == set(Academy.objects.filter(managed=False).values_list("code", flat=True))


@pytest.mark.parametrize("name", ["diploma", "lost_diploma", "not_admitted"])
def test_the_managed_academies_are_named(name):
    Academy.objects.exclude(code="09").update(managed=False)
    Academy.objects.filter(code="09").update(managed=True)
    text = words(f"guidance:{name}")
    assert "Lille." in text
    assert "Versailles" not in text


# --- What the site keeps ------------------------------------------------------------------------


def test_the_privacy_page_names_every_cookie_that_a_visitor_may_get(client):
    entry = factories.entry()
    client.post(reverse("set_language"), {"language": "fr"})
    client.post(
        reverse("results:lookup"),
        {"number": entry.number, "birth_date": "31/12/2004", "access_code": factories.CODE},
    )
    client.get(reverse("results:consent"))
    assert len(client.cookies) == 3
    text = words("guidance:privacy")
    assert [name for name in client.cookies if name not in text] == []


def test_the_privacy_page_names_the_cookies_that_keep_what_one_was_typing(time_machine):
    client, entry = Client(), factories.entry()
    identify(client, entry)
    opened = hidden(client.get("/adresse/"))
    time_machine.move_to(timezone.now() + datetime.timedelta(hours=1))
    for page in ("/adresse/", "/adresse/etat-civil/", "/adresse/courriels/"):
        client.post(page, {"opened_by": opened["opened_by"], "city": "Lyon"})
    kept = [name for name in client.cookies if "brouillon" in name]
    assert len(kept) == len(drafts.FORMS) == 3
    text = words("guidance:privacy")
    assert [name for name in kept if name not in text] == []
    assert "60 minutes, ou moins si vous fermez votre dossier" in text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("RETENTION_YEARS", "notes, décisions du jury, résultats, relevés 41 ans après la fin"),
        ("RETENTION_YEARS", "une session plus ancienne 41 ans après sa délivrance"),
        ("LOGS_KEPT_DAYS", "sans nom ni numéro 41 jours"),
        ("BACKUPS_KEPT_DAYS", "Sauvegardes du site 41 jours"),
    ],
)
def test_the_privacy_page_says_how_long_each_thing_is_kept(settings, name, kept):
    assert kept not in words("guidance:privacy")
    setattr(settings, name, 41)
    assert kept in words("guidance:privacy")


def test_the_privacy_page_says_when_a_proof_is_deleted():
    text = words("guidance:privacy")
    assert f"une demande sur l’état civil {PROOF_KEPT.days} jours après la décision" in text


@pytest.mark.parametrize("name", ["results", "no_list", "privacy"])
def test_a_minor_has_a_legal_representative(name):
    assert "représentant légal" in words(f"guidance:{name}")


def test_the_statement_on_accessibility_leads_to_the_plans_that_are_published(settings):
    text = words("guidance:accessibility")
    assert "Dérogations pour charge disproportionnée : aucune." in text
    assert "schéma pluriannuel n’est pas encore publié" in text
    assert "plan d’action de cette année n’est pas encore publié" in text
    settings.ACCESSIBILITY_SCHEME = "https://office.example/schema"
    settings.ACCESSIBILITY_PLAN = "https://office.example/plan"
    for address in (settings.ACCESSIBILITY_SCHEME, settings.ACCESSIBILITY_PLAN):
        assert f'href="{address}"' in source("guidance:accessibility")


def test_the_legal_notice_names_who_hosts_the_site(settings):
    settings.OFFICE_HOST = "Hébergeur Exemple | 2 rue du Serveur, 59000 Lille | 03 00 00 00 00"
    assert "Hébergeur Exemple 2 rue du Serveur, 59000 Lille 03 00 00 00 00" in words(
        "guidance:legal"
    )


@pytest.mark.parametrize(
    ("page", "leads_to"),
    [
        ("privacy", "candidates:address"),
        ("privacy", "candidates:identity"),
        ("privacy", "candidates:messages"),
        ("privacy", "results:consent"),
        ("privacy", "diplomas:openings"),
        ("no_list", "results:consent"),
        ("results", "candidates:messages"),
        ("score_sheet", "candidates:address"),
        ("diploma", "candidates:address"),
    ],
)
def test_a_help_page_leads_to_where_the_thing_is_done(client, page, leads_to):
    text = client.get(reverse(f"guidance:{page}")).content.decode()
    assert f'href="{reverse(leads_to)}"' in text


def test_the_privacy_page_says_how_long_identification_lasts(settings):
    settings.IDENTIFICATION_SECONDS = 20 * 60
    assert "20 minutes, ou moins si vous fermez votre résultat" in words("guidance:privacy")


def test_the_language_lasts_as_long_as_the_privacy_page_says():
    assert settings.LANGUAGE_COOKIE_AGE is None
    assert "jusqu’à la fermeture du navigateur" in words("guidance:privacy")


# --- What the office sets ------------------------------------------------------------------------


def test_the_help_page_sends_to_the_site_of_each_exam(settings):
    factories.session()
    factories.session("BAC-2026", exam="BAC")
    settings.REGISTRATION_SITES = {"BTS": "https://bts.example.org", "*": "https://example.org"}
    page = source("guidance:not_admitted")
    assert '<a href="https://bts.example.org">' in page
    assert '<a href="https://example.org">' in page
    settings.REGISTRATION_SITES = {"*": "https://example.org"}
    assert source("guidance:not_admitted").count('<a href="https://example.org">') == 1


def test_without_a_site_nobody_is_sent_online():
    page = words("guidance:not_admitted")
    assert "en ligne" not in page.partition("S’inscrire à la prochaine session")[2]
    assert "auprès du service des examens, par écrit" in page


def test_the_help_page_says_where_diplomas_go_as_the_office_sets_it(settings):
    page = words("guidance:diploma")
    assert "dans un centre de formation d’apprentis" in page
    assert "votre statut est" not in page
    settings.DIPLOMA_ROUTES = {"APPRENTI": "SCHOOL", "FORMATION_CONTINUE": "HOME"}
    page = words("guidance:diploma").replace("\xa0", " ")
    assert "centre de formation d’apprentis" not in page
    school, home = page.split("Vous étiez candidat individuel")
    assert "dans un autre établissement, si votre statut est : apprenti." in school.replace(
        "\xa0", " "
    )
    assert "si votre statut est : formation continue." in home


def test_the_page_of_complaints_says_what_can_be_contested_and_where(settings):
    settings.OFFICE_TRIBUNAL = "Tribunal administratif de Montreuil|93100 Montreuil"
    page = words("guidance:complaints")
    assert "La note donnée par le jury ne se rediscute pas." in page
    assert "recours gracieux" in page
    assert "Tribunal administratif de Montreuil 93100 Montreuil" in page


# --- From a result to the page that concerns its reader -----------------------------------------


@pytest.mark.parametrize(
    ("document", "leads_to"),
    [
        (documents.document(), {"score_sheet", "diploma"}),
        (documents.document(diploma_route="HOME"), {"score_sheet", "diploma"}),
        (documents.document(diploma_route="OTHER_ACADEMY"), {"score_sheet", "other_academies"}),
        (documents.control(), {"score_sheet", "not_admitted"}),
        (documents.refused(), {"score_sheet", "not_admitted", "complaints"}),
        (documents.eliminated(), {"score_sheet", "absence", "not_admitted", "complaints"}),
        (
            documents.document(verdict="ELIMINATED", reasons=["BELOW_MINIMUM:U4"]),
            {"score_sheet", "not_admitted", "complaints"},
        ),
        (documents.not_final(), {"score_sheet", "not_admitted", "complaints"}),
        (
            documents.brevet_refused() | {"session": documents.document()["session"]},
            {"score_sheet", "absence", "not_admitted", "complaints"},
        ),
        (documents.withheld(), {"fraud"}),
    ],
    ids=[
        "school",
        "home",
        "other académie",
        "control",
        "refused",
        "absent",
        "under a minimum",
        "not final",
        "absence counted 0",
        "withheld",
    ],
)
def test_a_result_leads_to_the_pages_that_concern_its_reader_and_to_no_other(document, leads_to):
    links = {link.partition("#")[0] for link in INTERNAL_LINK.findall(result_page(document))}
    helped = {name for name, page in PAGES.items() if address(page) in links}
    assert helped == leads_to


def test_units_left_to_take_lead_to_what_may_be_kept():
    kept = reverse("guidance:not_admitted_exam", args=["bts"]) + "#notes-gardees"
    assert kept in INTERNAL_LINK.findall(result_page(documents.not_final()))


def address(page):
    """Where a result page leads for this help: to that of its exam, where there is one."""
    return reverse(page.exam_url_name, args=["bts"]) if page.by_exam else reverse(page.url_name)
