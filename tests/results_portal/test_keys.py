import hashlib
import hmac
import stat
import subprocess
import sys

from results_portal import keys

READ = "import sys; from pathlib import Path; from results_portal.keys import kept_secret; \
print(kept_secret(Path(sys.argv[1])))"


def test_a_derived_key_is_an_hmac_of_its_purpose(settings):
    settings.ACCESS_CODE_KEY = ""
    settings.SECRET_KEY = "the secret of this test"
    expected = hmac.new(b"the secret of this test", b"access codes", hashlib.sha256).digest()
    assert keys.derive("access codes") == expected


def test_two_purposes_have_two_keys():
    assert keys.derive("access codes") != keys.derive("throttle")


def test_with_a_key_for_access_codes_the_secret_key_may_change(settings):
    settings.ACCESS_CODE_KEY = "kept for years"
    before = keys.derive("access codes")
    settings.SECRET_KEY = "renewed"
    assert keys.derive("access codes") == before


def test_a_kept_secret_is_made_once_and_closed_to_others(tmp_path):
    path = tmp_path / "folder" / "secret"
    secret = keys.kept_secret(path)
    assert len(secret) >= 50
    assert keys.kept_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_start_together_keep_the_same_secret(tmp_path):
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READ, str(tmp_path / "secret")],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    assert len({reader.communicate()[0] for reader in readers}) == 1
