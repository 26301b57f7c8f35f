"""Files of codes and verdicts: their owner's alone, whole or not there."""

import errno
import stat

import pytest

from results_portal.tabular.private_file import private_file


def test_only_its_owner_may_read_it_whatever_was_there(tmp_path):
    path = tmp_path / "verdicts.csv"
    path.write_text("former")
    path.chmod(0o644)
    with private_file(path) as file:
        file.write("numero;décision\r\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == "numero;décision\r\n".encode()


def fill(path):
    with private_file(path) as file:
        file.write("half")
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_is_full_leaves_the_former_file_and_no_part(tmp_path):
    path = tmp_path / "verdicts.csv"
    path.write_text("former")
    with pytest.raises(OSError, match="No space"):
        fill(path)
    assert [*tmp_path.iterdir()] == [path]
    assert path.read_text() == "former"


def test_another_s_link_is_not_followed(tmp_path):
    (tmp_path / "verdicts.csv.part").symlink_to(tmp_path / "elsewhere")
    with private_file(tmp_path / "verdicts.csv") as file:
        file.write("x")
    assert not (tmp_path / "elsewhere").exists()
