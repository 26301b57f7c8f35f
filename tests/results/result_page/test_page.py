"""What a candidate reads, for each thing that can have happened."""

import re

import pytest

from results.document import exams
from results_portal.office.tables import read_next_steps
from tests.results import documents
from tests.results.screen import page, plain, words

RESULT_DAY = "2026-07-02 12:00+02:00"


@pytest.fixture(autouse=True)
def _on_the_day_of_the_results(time_machine):
    time_machine.move_to(RESULT_DAY)


def test_an_admitted_candidate_reads_it_first_then_when_and_where_to_get_the_diploma():
    page = words(documents.document())
    assert page.index("vous avez réussi") < page.index("Décision du jury") < page.index("Vos notes")
    assert "Les diplômes se retirent début octobre" in page
    assert "Lycée de l’Exemple , Paris" in page
    assert "pièce d’identité" in page
    assert "le relevé vaut attestation de réussite" in page
    assert "prochaine session" not in page


@pytest.mark.parametrize(
    ("session", "said"),
    [
        ("Baccalauréat général, session 2026", "Baccalauréat général, session 2026 Candidat"),
        ("Bac, session 2026", "Bac, session 2026 – Baccalauréat général Candidat"),
    ],
)
def test_an_exam_is_named_once(session, said):
    assert said in words(documents.baccalaureat(session={"label": session}))


def test_a_diploma_sent_home_is_announced_with_the_page_that_knows_its_address():
    page = words(documents.document(diploma_route="HOME"))
    assert "Les diplômes sont envoyés par courrier début septembre" in page
    assert "dit s’il est parti, à quelle adresse" in page
    assert "boîte aux lettres" in page


@pytest.mark.parametrize(
    ("language", "document", "said"),
    [
        ("fr", documents.document(), "Vous avez votre brevet de technicien supérieur."),
        (
            "fr",
            documents.baccalaureat(),
            "Vous avez votre baccalauréat, mention très bien.",
        ),
        ("en", documents.document(), "The brevet de technicien supérieur (BTS) is yours."),
        (
            "en",
            documents.baccalaureat(),
            "The baccalauréat is yours, with honours: mention très bien .",
        ),
        (
            "fr",
            documents.document(session={"exam": "DCG"}),
            "Vous avez votre diplôme de comptabilité et de gestion.",
        ),
    ],
)
def test_who_passed_is_greeted_by_name_with_the_exam_and_the_mention(language, document, said):
    page = words(document, language=language)
    name = document["candidate"]["given_names"].split()[0]
    greeting = {"fr": f"Félicitations {name}, vous", "en": f"Congratulations {name}, you"}[language]
    assert page.startswith(greeting)
    assert page.index(said) < page.index(document["candidate"]["number"])


def test_a_candidate_of_another_academy_is_told_whom_to_ask():
    page = words(
        documents.document(diploma_route="OTHER_ACADEMY", entry={"academy": documents.LILLE})
    )
    assert "Votre diplôme vient de l’académie de Lille" in page
    assert "Rectorat de Lille" in page
    assert "144 rue de Bavay" in page


def test_points_obtained_and_points_required_stand_beside_the_average():
    page = words(documents.document())
    assert "Moyenne : 12,85 sur 20" in page
    assert "270,00 points obtenus, 210,00 exigés" in page
    assert "270,00 points ÷ 21 = 12,85" in page


def test_points_of_the_jury_are_a_line_of_the_table_so_that_the_sum_is_right():
    assert "Points du jury +3,00 Total et moyenne" in words(documents.document(jury_points="3"))
    assert "Points du jury" not in words(documents.document())


def test_a_candidate_called_to_the_orals_reads_what_is_missing_and_what_would_be_enough():
    page = words(documents.control())
    assert "Il vous manque 12,50 points" in page
    assert "au plus tard le vendredi 3 juillet 2026" in page
    assert "9,59 à chacun" in page
    assert "ne suffit pas" in page
    assert "diplôme début" not in page


def test_a_refused_candidate_reads_when_to_register_and_which_marks_are_kept():
    page = words(documents.refused())
    assert "Vous n’avez pas obtenu l’examen à cette session" in page
    assert "du 12 octobre 2026 au 20 novembre 2026" in page
    kept = page[page.index("restent acquises") :]
    assert "U3 Langue vivante étrangère, oral : 12,00" in kept
    assert "U7 Gestion opérationnelle : 11,00" in kept
    assert "U1 Culture générale" not in kept


def test_of_a_test_with_parts_those_at_ten_are_the_units_that_are_kept():
    page = words(documents.refused_with_parts())
    kept = page[page.index("restent acquises") :]
    assert "U11 Écrit : 11,00" in kept
    assert not any(words in kept for words in ("U1 Culture", "U12 Oral", "U13 Dossier"))


def test_who_registers_alone_is_sent_to_the_site_of_the_exam_or_to_the_office(settings):
    assert "auprès du service des examens, par écrit" in words(documents.refused())
    assert "en ligne" not in words(documents.refused()).partition("prochaine session")[2]
    settings.REGISTRATION_SITES = {"BTS": "https://inscriptions.example.org"}
    shown = page(documents.refused())
    assert '<a href="https://inscriptions.example.org">' in shown
    assert "auprès du service des examens, par écrit" not in plain(shown)


def test_what_comes_beyond_the_office_is_off_and_shown_when_it_is_set(settings):
    assert "Ailleurs que dans notre service" not in words(documents.refused())
    settings.NEXT_STEPS_LINKS = read_next_steps("REFUSED:BTS=CIO|https://cio.example.org")
    assert '<a href="https://cio.example.org">CIO</a>' in page(documents.refused())
    assert "Ailleurs" not in words(documents.document())
    with_english = page(documents.refused(), language="en")
    assert '<span lang="fr">CIO</span>' in with_english


def test_a_refused_candidate_of_another_academy_is_sent_to_its_rectorat_for_the_dates():
    refused = documents.refused()
    refused["entry"] = refused["entry"] | {"academy": documents.LILLE}
    page = words(refused)
    assert "Vous dépendez de l’académie de Lille" in page
    assert "12 octobre 2026" not in page


def test_an_absent_candidate_reads_the_rule_and_the_only_exception():
    page = words(documents.eliminated())
    assert "Vous avez été noté absent à une épreuve obligatoire : U4" in page
    assert "article D. 643-24" in page
    assert "dans les 48 heures" in page
    assert "Moyenne :" not in page


def test_who_was_absent_where_it_counts_0_reads_that_rule_and_where_to_read_on():
    refused = documents.brevet_refused()
    shown = page(refused)
    assert "Une épreuve où vous étiez absent compte 0" in words(refused)
    assert "Vous avez été noté absent ici : MAT Mathématiques" in plain(shown).replace("\xa0", " ")
    assert 'href="/aide/absence/dnb/"' in shown
    for rules in (documents.BTS_RULES, documents.DNB_RULES):
        assert "absent compte 0" not in words(documents.refused() | {"rules": rules})
    assert "A test that you missed counts 0" in words(refused, language="en")


def test_an_option_that_was_missed_is_not_said_to_count_0():
    refused = documents.brevet_refused()
    refused["tests"][2]["optional"] = True
    assert "absent compte 0" not in words(refused)


def test_a_mark_below_a_minimum_is_told_with_the_minimum():
    eliminated = documents.under_a_minimum()
    assert "il fallait au moins 6,00" in words(eliminated)
    assert "at least 6.00 was needed" in words(eliminated, language="en")
    eliminated["tests"][3]["minimum"] = None  # as documents were before they held it
    assert "est en dessous du minimum exigé par le règlement." in words(eliminated)


@pytest.mark.parametrize("exam", exams.EXAMS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_text_of_law_stands_before_the_full_stop(exam, language):
    for shown in (
        documents.refused(),
        documents.eliminated(),
        documents.cap_eliminated(),
        documents.deferred(),
        documents.withheld(),
    ):
        read = words(shown | {"session": shown["session"] | {"exam": exam}}, language=language)
        assert re.findall(r"[.!?] \([^)]*(?:article|arrêté|décret|\d)[^)]*\)", read) == []


def test_a_withheld_candidate_reads_what_it_means_and_nothing_of_any_mark():
    page = words(documents.withheld())
    assert "Votre résultat n’est pas communiqué pour le moment" in page
    assert "ni une réussite ni un échec" in page
    assert "examens@examens.invalid" in page
    for never in ("Moyenne", "points", "Vos notes", "Télécharger", "Décision du jury", "diplôme"):
        assert never not in page


def test_a_result_withheld_after_the_release_offers_no_sheet_and_gives_no_reason():
    withheld = documents.withheld() | {
        "revision": 2,
        "correction": {"at": "2026-07-03T16:30:00+02:00", "reason": "Procédure disciplinaire."},
    }
    page = words(withheld)
    assert "Cette page a changé le 3 juillet 2026 à 16 h 30" in page
    for never in ("Procédure disciplinaire", "Téléchargez", "Télécharger", "Motif", "votre relevé"):
        assert never not in page


def test_each_status_of_a_mark_is_said_in_words():
    page = words(documents.every_status())
    for said in ("bénéfice de 2024", "report de 2024", "force majeure", "dispense", "+7"):
        assert said in page
    assert "dont E51 Écrit" in page
    assert "vous a ajouté 2,00 points" in page


def test_a_correction_is_announced_with_its_day_and_its_reason():
    corrected = documents.document(
        revision=2,
        correction={"at": "2026-07-03T16:30:00+02:00", "reason": "erreur de report à l’épreuve U4"},
    )
    page = words(corrected)
    assert "Résultat corrigé le 3 juillet 2026 à 16 h 30" in page
    assert "Motif : erreur de report à l’épreuve U4" in page


@pytest.mark.parametrize(
    "shown", [documents.longest(), documents.baccalaureat(), documents.second_round_admitted()]
)
def test_every_published_document_has_a_page(shown):
    assert "Décision du jury" in words(shown)


def test_each_exam_says_its_own_rule_of_absence():
    bts, cap = words(documents.eliminated()), words(documents.cap_eliminated())
    assert "Il n’y a pas de session de remplacement" in bts
    assert "l’épreuve compte 0" in bts
    assert "Il n’y a pas de session de remplacement" not in cap
    assert "à la session de remplacement, en septembre" in cap
    for read in (bts, cap):
        assert "dans les 48 heures après : par téléphone (le numéro est sur votre con" in read
    assert "D. 643" not in cap


def test_where_no_delay_was_read_none_is_told():
    eliminated = documents.eliminated()
    page = words(eliminated | {"session": eliminated["session"] | {"exam": "DSCG"}})
    assert "Prévenez sans attendre le service des examens : par téléphone" in page
    assert "heures" not in page


def test_each_exam_says_what_its_kept_marks_cost():
    baccalaureat = words(documents.baccalaureat_refused())
    assert "pendant les 5 sessions qui suivent la première" in baccalaureat
    assert "vous n’aurez pas de mention" in baccalaureat
    assert "Renoncer à une note gardée est définitif" in baccalaureat
    bts = words(documents.refused())
    assert "pendant 5 ans" in bts
    assert "mention" not in bts


LOST = "Une note gardée d’une session précédente compte dans votre moyenne : dans ce cas, le"


@pytest.mark.parametrize("of_part", [False, True])
def test_who_kept_a_mark_reads_why_there_is_no_mention(of_part):
    lost = documents.baccalaureat_without_mention(of_part=of_part)
    assert f"{LOST} diplôme n’a pas de mention." in words(lost)
    english = "A mark kept from an earlier session counts in your average: in that case, the"
    assert f"{english} diploma has no mention." in words(lost, language="en")


def test_nobody_else_reads_that_a_kept_mark_costs_a_mention():
    lost = documents.baccalaureat_without_mention()
    for other in (
        documents.baccalaureat(mention=None, average="11.95"),
        lost | {"round": 2},
        lost | {"rules": documents.BTS_RULES},
        lost | {"rules": documents.DNB_RULES},
    ):
        assert LOST not in words(other)


def test_a_mark_below_the_one_that_stays_is_carried_where_the_exam_says_so():
    refused = documents.refused()
    kept = documents.BTS_RULES["kept"] | {"report_from": "6", "sessions": 8}
    page = words(refused | {"rules": documents.BTS_RULES | {"kept": kept, "second_round": None}})
    assert "Une note de 6 ou plus, et de moins de 10, peut être reportée" in page
    none = {"rules": documents.DNB_RULES}
    assert "restent acquises" not in words(refused | none)


def test_a_refused_candidate_reads_which_average_was_missing():
    page = words(documents.refused())
    assert "Groupe « épreuves professionnelles » : votre moyenne n’atteint pas 10" in page
    assert "Il le faut pour passer les épreuves de contrôle" in page
    assert "10 (code de l’éducation, article D. 643-22)." in page
    admission = documents.BTS_RULES | {
        "group_minimum": [{"group": "professional", "average": "10.5"}],
        "second_round": None,
    }
    page = words(documents.refused() | {"rules": admission})
    assert "n’atteint pas 10,5 . Il le faut pour réussir" in page
    assert "épreuves de contrôle" not in page


@pytest.mark.parametrize(
    ("exam", "authority"),
    [
        ("BTS", "prise par la commission de discipline de l’académie"),
        ("DNB", "prise par le président du jury"),
        ("DSCG", "Tant qu’aucune décision n’est prise"),
    ],
)
def test_a_suspicion_of_fraud_is_decided_by_the_authority_of_the_exam(exam, authority):
    withheld = documents.withheld()
    page = words(withheld | {"session": withheld["session"] | {"exam": exam}})
    assert authority in page
    assert ("commission" in page) is (exam == "BTS")


def test_an_option_is_explained_as_it_counts():
    above = documents.line("UF1", mark="14", optional=True)
    full = documents.line("OPT", mark="14", optional=True, in_full=True)
    ects = documents.line("U1", mark="14", ects=17)
    assert "ajoute les points au-dessus de 10" in words(documents.document(tests=[ects, above]))
    page = words(documents.document(tests=[ects, full]))
    assert "ajoute les points au-dessus de 10" not in page
    assert "compte comme les autres" in page
    assert "(17 ECTS)" in page


def test_tests_of_a_group_stand_under_one_heading_whatever_their_order():
    tests = [
        documents.line("U11", mark="12", group="general"),
        documents.line("U2", mark="12", group="professional"),
        documents.line("U4", mark="12", group="general"),
        documents.line("PROJET", mark="12"),
    ]
    page = words(documents.document(tests=tests))
    assert page.count("Épreuves générales") == page.count("Épreuves professionnelles") == 1
    order = ["Épreuves générales", "U11", "U4", "Épreuves professionnelles", "U2", "PROJET"]
    assert sorted(order, key=page.index) == order


def test_continuous_assessment_has_a_heading_and_comes_first_where_it_has_a_share():
    page = words(documents.capped_brevet())
    table = page[page.index("Vos notes") :]
    order = ["Contrôle continu", "CC-FRA", "CC-OPT", "Épreuves finales", " FRA Français"]
    assert sorted(order, key=table.index) == order
    one = words(documents.brevet())
    assert "CC Contrôle continu" in one
    assert "Contrôle continu CC" not in one


def test_a_cap_is_told_where_it_was_reached():
    assert "la moyenne ne dépasse jamais 20" in words(documents.capped_brevet())
    assert "la moyenne ne dépasse jamais" not in words(documents.brevet())


def test_a_project_is_explained_as_it_counts():
    page = words(documents.project())
    assert "L’épreuve PROJET ajoute des points ou en retire" in page
    assert "ajoute des points ou en retire" not in words(documents.document())


def test_an_absence_that_is_excused_is_no_exemption():
    page = words(documents.project())
    assert "absence justifiée ne compte pas" in page
    assert "votre absence est justifiée, et que rien ne remplace" in page
    assert "dispens" not in page


def test_thousands_stand_apart():
    page = words(documents.brevet() | {"shares": []})
    assert "1 000,00 points obtenus, 1 000,00 exigés" in page
