import io
from functools import cache
from uuid import UUID

import pikepdf
import pytest
import zxingcpp
from django.test import override_settings
from django.utils.translation import override

from results.document import verification_code
from results.score_sheet.sheet import NoScoreSheet, render_score_sheet, score_sheet, stamped
from tests.results import documents
from tests.results.pages import A4, MILLIMETRE, picture, sizes, text_within, texts

CODE = UUID("0123456789abcdeffedcba9876543210")
SITUATIONS = {
    "admitted": documents.document,
    "admitted after control": documents.second_round_admitted,
    "control": documents.control,
    "refused": documents.refused,
    "eliminated": documents.eliminated,
    "every status": documents.every_status,
    "baccalauréat": documents.baccalaureat,
    "baccalauréat refused": documents.baccalaureat_refused,
    "CAP eliminated": documents.cap_eliminated,
    "shares": documents.brevet,
    "longest": documents.longest,
}
every_situation = pytest.mark.parametrize("situation", SITUATIONS)


@cache
def sheet(situation):
    return render_score_sheet(SITUATIONS[situation](), code=CODE)


def front(situation):
    return texts(sheet(situation))[0]


def back(situation):
    return texts(sheet(situation))[1]


def front_of(document):
    return texts(render_score_sheet(document, code=CODE))[0]


def back_of(document):
    return texts(render_score_sheet(document, code=CODE))[1]


@every_situation
def test_a_sheet_is_text_that_every_process_reads_alike(situation):
    """By which it is sealed once."""
    document = SITUATIONS[situation]()
    assert score_sheet(document, code=CODE).plain() == score_sheet(document, code=CODE).plain()


@every_situation
def test_a_score_sheet_is_two_a4_pages(situation):
    assert sizes(sheet(situation)) == [pytest.approx(A4, abs=0.1)] * 2


@every_situation
def test_only_the_address_can_show_in_the_window_of_the_envelope(situation):
    document = SITUATIONS[situation]()
    shown = text_within(sheet(situation), left=90, top=34, right=210, bottom=102)
    in_the_window = text_within(sheet(situation), left=100, top=45, right=190, bottom=79)
    assert shown == in_the_window
    postcode = document["candidate"]["address"][-1].split()[0]
    assert postcode in shown
    assert document["candidate"]["number"] not in shown


def test_the_longest_address_abroad_fits_the_window():
    widest = "128 AVENUE DU MAMMOUTH A WOLUWE SAINT W"[:38]
    lines = ["Appartement 3", "Bâtiment B", widest, widest, "1200 BRUXELLES", "BELGIQUE"]
    pdf = render_score_sheet(documents.document(), code=CODE, address=lines)
    shown = text_within(pdf, left=90, top=34, right=210, bottom=102)
    assert shown == text_within(pdf, left=100, top=45, right=190, bottom=79)
    assert shown.startswith("Léa DUPONT")
    assert shown.endswith("1200 BRUXELLES BELGIQUE")


@pytest.mark.long
def test_the_longest_sheet_shows_every_test_and_every_part():
    page = front("longest")
    for test in documents.longest()["tests"]:
        for code in (test["code"], *(part["code"] for part in test["parts"])):
            assert code in page.split()
    assert "Admis à l’issue des épreuves de contrôle" in page
    assert "La directrice du service" in page


def test_who_it_is_about_stands_on_the_front():
    page = front("admitted")
    for fact in ("DUPONT", "Léa Marie", "31 décembre 2004 à Paris", "2612345678", "123456789AB"):
        assert fact in page
    assert "Brevet de technicien supérieur" in page
    assert "Management commercial opérationnel" in page
    assert "Session 2026" in page


def test_marks_points_and_average_have_a_decimal_comma():
    page = front("admitted")
    assert "U3 Langue vivante étrangère, oral 1,5 15,50 23,25" in page
    assert "Total des points 270,00" in page
    assert "Points exigés 210,00" in page
    assert "Moyenne sur 20 12,85" in page


def test_an_average_just_below_ten_is_never_shown_as_ten():
    sums = {"points": "219", "divisor": "22", "points_required": "220", "average": "9.95"}
    page = front_of(documents.document(**sums))
    assert "Moyenne sur 20 9,95" in page
    assert " 10,00" not in page.partition("Total des points")[2]


def test_each_status_is_said_in_words():
    page = front("every status")
    assert "E1 Culture générale bénéfice, session 2024 3 14,00 42,00" in page
    assert "E2 Langue vivante report, session 2024 3 8,50 25,50" in page
    assert "E3 Mathématiques force majeure 1,5 0,00 0,00" in page
    assert "E4 Économie – dispensé –" in page
    assert "U4 Culture économique, juridique et managériale 3 absent –" in front("eliminated")


def test_parts_stand_under_their_test():
    page = front("every status")
    assert "E5 Projet 3 15,60 46,80 E51 Écrit 1,2 17,00 E52 Oral 0,8 18,00 E53" in page


def test_an_optional_test_counts_only_its_points_above_ten():
    page = front("every status")
    assert "EF1 Langue des signes facultative, points au-dessus de 10 2 13,50 7,00" in page
    assert "EF2 Engagement étudiant facultative, points au-dessus de 10 1 9,00 0,00" in page


def test_the_better_mark_of_the_second_round_counts():
    page = front("admitted after control")
    assert "Note de contrôle" in page
    assert "U1 Culture générale et expression 3 7,00 13,50 13,50 40,50" in page
    assert "Note de contrôle" not in front("admitted")


def test_points_of_the_jury_are_a_line_of_the_table():
    page = front("every status")
    assert page.index("EF2 Engagement") < page.index("Points du jury 2,00")
    assert page.index("Points du jury 2,00") < page.index("Total des points")
    assert "Points du jury" not in front("admitted")


def test_an_admitted_candidate_holds_an_attestation_and_no_other_does():
    sentence = "Ce relevé de notes tient lieu d’attestation de réussite."
    assert sentence in front("admitted")
    assert sentence in front("admitted after control")
    for situation in ("control", "refused", "eliminated"):
        assert sentence not in front(situation)


@pytest.mark.parametrize(
    ("situation", "decision"),
    [
        ("admitted", "Décision du jury Admis Ce"),
        ("admitted after control", "Admis à l’issue des épreuves de contrôle"),
        ("control", "Autorisé à se présenter aux épreuves de contrôle"),
        ("refused", "Décision du jury Ajourné"),
        ("eliminated", "Diplôme non délivré : absence à une épreuve obligatoire"),
        ("baccalauréat", "Admis, mention Très bien"),
    ],
)
def test_the_decision_is_in_official_words(situation, decision):
    assert decision in front(situation)


def test_a_bts_sheet_never_carries_a_mention():
    assert "mention" not in front("admitted").lower()


def test_a_withheld_result_has_no_score_sheet():
    with pytest.raises(NoScoreSheet):
        render_score_sheet(documents.withheld(), code=CODE)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"diploma_route": "SCHOOL"}, "Votre établissement : Lycée de l’Exemple, Paris."),
        ({"diploma_route": "HOME", "entry": {"school": None}}, "au début du mois de septembre"),
        (
            {"diploma_route": "OTHER_ACADEMY", "entry": {"academy": documents.LILLE}},
            "Rectorat de Lille, 144 rue de Bavay, 59000 Lille",
        ),
    ],
)
def test_the_back_says_how_the_diploma_comes(changes, sentence):
    page = back_of(documents.document(**changes))
    assert sentence in page
    assert "Un diplôme n’est jamais imprimé deux fois." in page


def test_a_candidate_who_is_not_admitted_reads_nothing_about_a_diploma_to_come():
    assert "Votre diplôme" not in back("refused")


def test_the_back_says_why_when_to_register_again_and_what_stays_acquired():
    page = back("refused")
    assert "183,00 points ; il en fallait 210,00" in page
    assert "du domaine professionnel (U5, U6, U7, U8)" in page
    assert "du 12 octobre 2026 au 20 novembre 2026. Ces dates sont impératives." in page
    assert "U3, Langue vivante étrangère, oral : 12,00" in page
    assert "U1, Culture générale" not in page


def test_the_back_gives_the_site_of_registration_or_sends_to_the_office(settings):
    assert "sinon, inscrivez-vous auprès du service des examens, par écrit." in back("refused")
    settings.REGISTRATION_SITES = {"BTS": "https://inscriptions.example.org"}
    page = back_of(documents.refused())
    assert "inscrivez-vous en ligne : inscriptions.example.org." in page
    assert "par écrit." not in page.partition("Vous présenter")[2].partition("Consulter")[0]


def test_the_back_names_the_tribunal_of_the_office(settings):
    assert "puis au tribunal administratif compétent ou sur www.telerecours.fr" in back("refused")
    settings.OFFICE_TRIBUNAL = "Tribunal administratif de Montreuil|93100 Montreuil"
    page = back_of(documents.refused())
    assert "puis au tribunal (Tribunal administratif de Montreuil, 93100 Montreuil)" in page


@pytest.mark.long
def test_the_back_promises_no_service_that_does_not_exist():
    for situation in SITUATIONS:
        assert "par écrit, en ligne" not in back(situation)
        assert "Toutes les démarches" not in back(situation)


def test_a_candidate_of_another_academy_registers_again_there():
    page = back_of({**documents.refused(), **_at_lille()})
    assert "auprès de votre académie (Lille)" in page
    assert "12 octobre 2026" not in page


def test_absence_is_explained_with_its_articles():
    page = back("eliminated")
    assert "Une absence a été constatée" in page
    assert "(U4, Culture économique, juridique et managériale)" in page
    assert "articles D. 643-15 et D. 643-24" in page
    assert "D. 643-24" not in back("admitted")


def test_each_exam_says_its_own_rule_of_absence_and_of_kept_marks():
    baccalaureat, cap = back("baccalauréat refused"), back("CAP eliminated")
    assert "absent sans justification est notée zéro" in baccalaureat
    assert "à la session de remplacement, en septembre" in baccalaureat
    assert "article D. 334-19" in baccalaureat
    assert "pendant les 5 sessions qui suivent la première" in baccalaureat
    assert "n’a pas de mention" in baccalaureat
    assert "dans les 48 heures" in cap
    assert "est éliminatoire" in cap
    assert "pendant 5 ans" in cap
    for page in (baccalaureat, cap):
        assert "Il n’y a pas de session de remplacement" not in page
        assert "D. 643" not in page
    assert "Il n’y a pas de session de remplacement" in back("eliminated")


def test_the_forms_of_an_exam_are_printed_where_it_knows_them():
    assert "scolaire, forme globale" in front("admitted")
    for situation in ("baccalauréat", "CAP eliminated"):
        assert "scolaire" in front(situation).lower()
        assert "forme globale" not in front(situation)


def test_credits_and_how_an_option_counts_are_printed_beside_the_test():
    tests = documents.document()["tests"]
    tests[0]["ects"] = 17
    tests.append(documents.line("OPT", "Latin", mark="14", optional=True, in_full=True))
    tests.append(documents.line("UF1", "Breton", mark="14", optional=True))
    page = front_of(documents.document(tests=tests))
    assert "Culture générale et expression 17 ECTS" in page
    assert "Latin facultative, comptée comme les autres 3" in page
    assert "Breton facultative, points au-dessus de 10" in page


def test_a_project_and_an_excused_absence_are_told_beside_the_test():
    sheet = score_sheet(documents.project(), code=CODE)
    page = front_of(documents.project())
    assert "Projet son écart à 10 s’ajoute aux points, ou s’en retire 2 18,00 +16,00" in page
    assert "physique absence justifiée, l’épreuve ne compte pas – – –" in page
    assert "dispens" not in page
    assert stamped(sheet) is not None


def test_continuous_assessment_comes_first_where_it_has_a_share():
    page = front_of(documents.capped_brevet())
    assert page.index("Mathématiques 1") < page.index("Option") < page.index("Français 2")


def test_the_back_offers_nothing_that_the_portal_lacks():
    page = back("refused")
    assert "par écrit, en ligne" not in page
    assert "Toutes les démarches" not in page


def test_thousands_stand_apart_on_paper_too_and_are_stamped():
    sheet = score_sheet(documents.brevet() | {"shares": []}, code=CODE)
    assert "1\u00a0000,00" in sheet.markup
    assert stamped(sheet) is not None


def test_a_candidate_called_to_control_knows_what_to_choose_and_by_when():
    page = back("control")
    assert "Il vous manque 12,50 points" in page
    assert "Vous choisissez 2 oraux" in page
    assert "U4 Culture économique, juridique et managériale 3 8,00" in page
    assert "U1 et U4 : 9,59" in page
    assert "U2 et U3 : ne suffit pas" in page
    assert "au plus tard le 3 juillet 2026" in page
    assert "du 6 juillet 2026 au 8 juillet 2026" in page


@every_situation
def test_every_back_says_what_is_essential(situation):
    page = back(situation)
    for sentence in (
        "toute votre vie",
        "votre nom lisible sur votre boîte aux lettres",
        "voir vos copies pendant un an",
        "vérifier qu’il est authentique",
        "Aucun résultat n’est donné par téléphone",
    ):
        assert sentence in page


def test_a_corrected_sheet_says_that_it_replaces_the_first_and_why():
    at = "2026-07-10T09:00:00+02:00"
    correction = {"at": at, "reason": "Note de U4 mal reportée."}
    corrected = documents.document(revision=2, issued_at=at, correction=correction)
    pdf = render_score_sheet(corrected, code=CODE)
    front, back = texts(pdf)
    assert "révision 2, établi le 10 juillet 2026" in front
    assert "Relevé corrigé le 10 juillet 2026" in front
    assert "Ce relevé, établi le 10 juillet 2026, remplace tout relevé" in back
    assert "Relevé corrigé" not in texts(render_score_sheet(documents.document(), code=CODE))[0]
    assert "Motif de la correction : Note de U4 mal reportée." in back


@pytest.mark.parametrize(
    ("route", "usually"),
    [
        ("SCHOOL", "Vous le retirerez dans votre établissement, d’ordinaire à partir du début"),
        ("HOME", "Il vous sera envoyé, d’ordinaire au début du mois de septembre, à l’adresse"),
    ],
)
def test_a_sheet_promises_no_day_that_the_page_of_the_diploma_could_belie(route, usually):
    back = texts(render_score_sheet(documents.document(diploma_route=route), code=CODE))[1]
    assert usually in back
    assert ("Votre établissement : Lycée de l’Exemple, Paris." in back) is (route == "SCHOOL")


def test_a_sheet_says_that_its_file_is_sealed_and_that_its_print_is_as_good():
    front, back = texts(render_score_sheet(documents.document(), code=CODE))
    assert "La directrice du service Le fichier téléchargé sur le portail porte le cachet" in front
    assert "Imprimé depuis le fichier téléchargé, il vaut celui qui arrive par courrier" in back


def test_the_sheet_is_mailed_to_the_address_on_file_today():
    new_address = ["8 rue Neuve", "69002 Lyon"]
    pdf = render_score_sheet(documents.document(), code=CODE, address=new_address)
    shown = text_within(pdf, left=90, top=34, right=210, bottom=102)
    assert shown == "Léa DUPONT 8 RUE NEUVE 69002 LYON"


def test_what_a_candidate_typed_is_text_and_never_markup():
    page = front_of(documents.document(candidate={"given_names": "Léa <img src=x> & Cie"}))
    assert "Léa <img src=x> & Cie" in page


def test_the_same_document_gives_the_same_bytes_whatever_the_language():
    with override("en"):
        again = render_score_sheet(documents.document(), code=CODE)
    assert again == sheet("admitted")


@override_settings(OFFICE_CITY="94110 Arcueil Cedex", OFFICE_SIGNATORY="Le recteur")
def test_the_office_signs_at_its_town():
    page = front_of(documents.document())
    assert "Fait à Arcueil, le 2 juillet 2026 Le recteur" in page


def test_a_screen_reader_gets_language_title_and_headed_tables():
    with pikepdf.open(io.BytesIO(sheet("control"))) as pdf:
        assert pdf.Root.Lang == "fr"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.docinfo["/Title"] == (
            "Relevé de notes – BTS, session 2026 – candidat n°\u00a02612345678"
        )
        elements = [e for e in pdf.objects if _is_element(e)]
        headers = [e for e in elements if e.S == "/TH"]
        rows = [e for e in elements if e.S == "/TR"]
        assert {str(e.A.Scope) for e in headers} == {"/Column", "/Row"}
        assert len(rows) == 9 + 5
        assert [str(e.S) for e in elements if str(e.S) in {"/H1", "/H2"}] == ["/H1", "/H2", "/H2"]


@every_situation
def test_the_square_code_opens_the_page_that_confirms_this_sheet(situation):
    (read,) = zxingcpp.read_barcodes(picture(sheet(situation), dots_per_inch=150))
    assert read.text == verification_code.address(CODE)


@every_situation
def test_the_code_can_be_typed_from_the_sheet(situation):
    shown = text_within(sheet(situation), left=15, top=240, right=105, bottom=283)
    assert "resultats.examens.invalid/verifier" in shown.replace("/ ", "/")
    assert verification_code.parse(code_in(shown)) == CODE


def code_in(shown):
    return shown.partition("avec ce code : ")[2].partition(" Visez")[0]


def test_a_code_copied_from_the_file_is_whole():
    code = UUID("8820e3bd-fd06-49f6-9272-324860831ef2")  # ends in QJ, drawn close together
    page = texts(render_score_sheet(documents.document(), code=code))[0]
    assert "HJ91-G867-QJ" in page


@override_settings(OFFICE_SITE="resultats.service-des-examens-et-concours.ac-exemple.invalid")
@pytest.mark.long
def test_a_long_address_of_the_site_leaves_room_for_the_code():
    pdf = render_score_sheet(documents.longest(), code=CODE)
    shown = text_within(pdf, left=15, top=240, right=105, bottom=283)
    assert verification_code.parse(code_in(shown)) == CODE
    assert shown.endswith("exemple.invalid/verifier")
    (read,) = zxingcpp.read_barcodes(picture(pdf, dots_per_inch=150))
    assert read.text == verification_code.address(CODE)


def test_a_screen_reader_is_told_what_the_square_is_and_where():
    with pikepdf.open(io.BytesIO(sheet("admitted"))) as pdf:
        (figure,) = (e for e in pdf.objects if _is_element(e) and e.S == "/Figure")
        assert str(figure.Alt) == "Code QR\u00a0: la page qui confirme ce relevé"
        left, bottom, right, top = (float(side) / MILLIMETRE for side in figure.A.BBox)
        assert 0 < left < right < 45
        assert 297 - 280 < bottom < top < 297 - 240


def _is_element(value):
    return isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/StructElem"


def _at_lille():
    entry = documents.refused()["entry"]
    return {"entry": {**entry, "academy": documents.LILLE}}
