"""The code of a document: nobody guesses it, anybody can copy it, nothing changes it."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from candidates.freeze import Change, changing
from results.document import verification_code
from results.models import PublishedResult
from results.publication import release
from results.publication.correction import correction

CODE = UUID("0123456789abcdeffedcba9876543210")


def test_the_code_is_shown_in_groups_that_a_reader_can_follow():
    assert "-".join(verification_code.groups(CODE)) == "014D-2PF2-DBSQ-QZXQ-5TK1-V58C-GG"


@pytest.mark.parametrize(
    "typed",
    [
        "014D-2PF2-DBSQ-QZXQ-5TK1-V58C-GG",
        "014d2pf2dbsqqzxq5tk1v58cgg",
        " 014D 2PF2 DBSQ QZXQ\n5TK1 V58C GG ",
        "O14D–2PF2–DBSQ–QZXQ–5TKl–V58C–GG",
        "014d.2pf2.dbsq.qzxq.5tki.v58c.gg",
        "014D_2PF2_DBSQ_QZXQ_5TK1_V58C_GG",
        "«\u00a0014D-2PF2-DBSQ-QZXQ-5TK1-V58C-GG\u202f»",
        "\ufeff014D-2PF2-\u200bDBSQ-\u00adQZXQ-5TK1-V58C-GG.",
        "０１４Ｄ２ＰＦ２ＤＢＳＱＱＺＸＱ５ＴＫ１Ｖ５８ＣＧＧ",
        "Code de vérification : 014D-2PF2-DBSQ-QZXQ-5TK1-V58C-GG",
        "https://resultats.examens.invalid/verifier/014D2PF2DBSQQZXQ5TK1V58CGG/",
        "resultats.examens.invalid/verifier/014d2pf2dbsqqzxq5tk1v58cgg?x=1#y",
        "  HTTPS://RESULTATS.EXAMENS.INVALID/VERIFIER/014D2PF2DBSQQZXQ5TK1V58CGG/ ",
    ],
)
def test_the_code_is_read_however_people_copy_it(typed):
    assert verification_code.parse(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "014D-2PF2-DBSQ-QZXQ-5TK1-V58C-G",
        "014D-2PF2-DBSQ-QZXQ-5TK1-V58C-GGG",
        "814D-2PF2-DBSQ-QZXQ-5TK1-V58C-GG",
        "014D-2PF2-DBSQ-QZXQ-5TK1-V58C-GU",
        "014D-2PF2-DBSQ-QZXQ-5TK1-V58C-G\x00",
        "014D-2PF2-DBSQ-QZXQ-5TK1-V58C-G🙂",
        "https://resultats.examens.invalid/verifier/",
        "https://resultats.examens.invalid/014D2PF2DBSQQZXQ5TK1V58CGG/",
        "٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥",
        "0" * 5000,
        "01234567-89ab-cdef-fedc-ba9876543210",
    ],
)
def test_what_is_no_code_is_none(typed):
    assert verification_code.parse(typed) is None


def test_a_code_of_another_length_says_how_many_characters_it_has():
    assert verification_code.wrong_length("014D-2PF2-D") == 9
    assert verification_code.wrong_length("014D-2PF2-DBSQ-QZXQ-5TK1-V58C-GG") is None


@pytest.mark.property
@given(st.integers(min_value=0, max_value=2**128 - 1))
def test_every_code_is_read_back_from_what_is_shown(number):
    code = UUID(int=number)
    assert verification_code.parse("-".join(verification_code.groups(code))) == code
    assert verification_code.parse(verification_code.plain(code).lower()) == code


@pytest.mark.property
@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_code_or_none(typed):
    code = verification_code.parse(typed)
    assert code is None or verification_code.parse(verification_code.plain(code)) == code


def test_a_new_code_has_128_bits_that_all_vary():
    drawn = [UUID(verification_code.generate()).int for _ in range(100)]
    always = never = drawn[0]
    for number in drawn:
        always &= number
        never |= number
    assert len(set(drawn)) == 100
    assert (always, never) == (0, 2**128 - 1)


@pytest.fixture
def deliberated_entry(deliberated_people):
    return deliberated_people["refused"]


def codes(entry):
    rows = PublishedResult.objects.filter(entry=entry).order_by("revision")
    return list(rows.values_list("verification_code", flat=True))


def in_an_hour():
    return timezone.now() + timedelta(hours=1)


def test_every_published_result_has_a_code_of_its_own(deliberated_entry):
    release.schedule(deliberated_entry.session)
    drawn = PublishedResult.objects.order_by("pk").values_list("verification_code", flat=True)
    assert len(set(drawn)) == 6


def test_what_changes_before_the_hour_keeps_its_code(deliberated_entry):
    release.schedule(deliberated_entry.session, at=in_an_hour())
    before = codes(deliberated_entry)
    with changing(Change.REFRESH):
        deliberated_entry.marks.filter(test__code="U3").update(value=1900)
        release.refresh([deliberated_entry.pk])
    assert PublishedResult.objects.get(entry=deliberated_entry).document["average"] == "12.00"
    release.schedule(deliberated_entry.session, at=in_an_hour())
    assert codes(deliberated_entry) == before


def test_a_correction_after_the_hour_has_a_code_of_its_own(deliberated_entry, django_user_model):
    release.schedule(deliberated_entry.session)
    (first,) = codes(deliberated_entry)
    boss = django_user_model.objects.create_user("boss")
    with correction(deliberated_entry, by=boss, reason="Note U3 mal reportée."):
        deliberated_entry.marks.filter(test__code="U3").update(value=1900)
    old, new = codes(deliberated_entry)
    assert old == first != new


def test_what_a_withdrawn_release_showed_keeps_its_code_when_it_opens_again(
    deliberated_entry, django_user_model
):
    (opened,) = release.schedule(deliberated_entry.session)
    before = codes(deliberated_entry)
    release.withdraw(opened, by=django_user_model.objects.create_user("boss"))
    release.schedule(deliberated_entry.session)
    assert codes(deliberated_entry) == before


@pytest.mark.parametrize("opens_in", [timedelta(hours=1), timedelta(0)])
def test_no_statement_changes_a_code_that_was_given(deliberated_entry, opens_in):
    release.schedule(deliberated_entry.session, at=timezone.now() + opens_in)
    with (
        pytest.raises(IntegrityError, match=r"keeps its verification code|has been public"),
        transaction.atomic(),
    ):
        PublishedResult.objects.filter(entry=deliberated_entry).update(verification_code=CODE)


def test_the_code_waits_in_a_unique_index(deliberated_entry):
    release.schedule(deliberated_entry.session)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = PublishedResult.objects.filter(verification_code=CODE).explain()
    assert "results_publishedresult_verification_code_key" in plan
