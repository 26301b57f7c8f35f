import datetime
import math
import re

from candidates.identification import access_codes

BIRTH_DATE = datetime.date(2004, 12, 31)


def test_a_code_is_twelve_characters_that_cannot_be_taken_for_one_another():
    code = access_codes.generate("BTS-2026", "2612345678")
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{12}", code)
    assert math.log2(32) * len(code) >= 50


def test_a_code_can_be_made_again_for_the_convocations():
    assert access_codes.generate("BTS-2026", "1") == access_codes.generate("BTS-2026", "1")


def test_codes_differ_between_numbers_and_sessions():
    codes = {access_codes.generate(s, n) for s in ("BTS-2026", "BTS-2027") for n in ("1", "2")}
    assert len(codes) == 4


def test_a_code_is_spelled_in_groups_of_four():
    assert access_codes.spell("K3QM7T2A9XZB") == "K3QM-7T2A-9XZB"


def test_letters_taken_for_digits_are_understood():
    assert access_codes.normalise("o0-iL 1") == "00111"


def test_what_is_stored_changes_with_the_server_key(settings):
    before = access_codes.digest("1", "CODE")
    settings.ACCESS_CODE_KEY = "another key"
    assert access_codes.digest("1", "CODE") != before


def test_the_credential_depends_on_each_of_the_three():
    digest = access_codes.digest("1", "CODE")
    credentials = {
        access_codes.credential("1", BIRTH_DATE, digest),
        access_codes.credential("2", BIRTH_DATE, digest),
        access_codes.credential("1", BIRTH_DATE + datetime.timedelta(1), digest),
        access_codes.credential("1", BIRTH_DATE, access_codes.digest("1", "OTHER")),
    }
    assert len(credentials) == 4
