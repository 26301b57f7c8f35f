"""Build the stylesheets and fonts of the portal from the installed design system."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import re
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from results_portal.assets import stylesheet, typeface

PACKAGE = "django-dsfr"
SHEETS = [
    "dsfr.main.min.css",
    "utility/colors/colors.main.min.css",
    "utility/icons/icons.main.min.css",
    "dsfr.print.min.css",
]
WEIGHTS = {"Regular": 400, "Bold": 700}
CLASS_TOKEN = re.compile(r"[A-Za-z][\w-]*")
OWN_SHEET = Path("static/css/portal.css")
# The Marianne mark is reserved to State services: it is drawn only where its words are set.
STATE_MARK = {"fr-logo", "fr-logo--sm", "fr-logo--lg"}


class Command(BaseCommand):
    help = "Build static/built/ (stylesheets, fonts) from the installed design system."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="build even if nothing changed")
        parser.add_argument("--to", metavar="DIR", help="folder to build into: static/built/")

    def handle(self, *args: Any, **options: Any) -> None:
        built = Path(options["to"] or settings.BASE_DIR / "static" / "built")
        stamp = built / ".stamp"
        pages = {"public": _template_text(staff=False), "staff": _template_text(staff=True)}
        fingerprint = _fingerprint(pages.values())
        if not options["force"] and stamp.is_file() and stamp.read_text() == fingerprint:
            return
        built.joinpath("fonts").mkdir(parents=True, exist_ok=True)
        sheets = _design_system_sheets()
        faces = _write_fonts(built) if settings.STATE_FONT else ""
        for name, text in pages.items():
            target = built / f"{name}.css"
            target.write_text(faces + _sheet(sheets, text), encoding="utf-8")
            if options["verbosity"] > 0:
                self.stdout.write(f"{target}: {target.stat().st_size} bytes")
        stamp.write_text(fingerprint)


def _sheet(sheets: list[str], text: str) -> str:
    classes = set(CLASS_TOKEN.findall(text))
    if not settings.STATE_BRAND:
        classes -= STATE_MARK
    own = Path(settings.BASE_DIR, OWN_SHEET).read_text(encoding="utf-8")
    return stylesheet.pruned([*sheets, own], used_classes=classes)


def _template_text(*, staff: bool) -> str:
    """Return all text that may name a CSS class: templates, scripts, forms; `staff` pages too."""
    root = Path(settings.BASE_DIR)
    sources = [*root.glob("templates/**/*.html"), *root.glob("static/js/*.js")]
    sources += [*root.glob("*/**/forms.py"), *root.glob("*/templatetags/*.py")]
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in sorted(sources)
        if "pdf" not in path.parts and (staff or "staff" not in str(path.relative_to(root)))
    )


def _fingerprint(texts: Iterable[str]) -> str:
    own = Path(settings.BASE_DIR, OWN_SHEET).read_text(encoding="utf-8")
    code = [Path(file).read_text() for file in (__file__, stylesheet.__file__, typeface.__file__)]
    switches = f"{settings.STATE_FONT} {bool(settings.STATE_BRAND)}"
    version = importlib.metadata.version(PACKAGE)
    whole = "\0".join([*texts, own, *code, switches, version])
    return hashlib.sha256(whole.encode()).hexdigest()


def _distribution() -> Path:
    spec = importlib.util.find_spec("dsfr")
    if spec is None or spec.origin is None:
        raise CommandError(f"{PACKAGE} is not installed: its stylesheets cannot be found")
    return Path(spec.origin).parent / "static" / "dsfr" / "dist"


def _design_system_sheets() -> list[str]:
    return [_inlined(_distribution() / name) for name in SHEETS]


def _inlined(path: Path) -> str:
    """Return a stylesheet with its SVG images inlined as data URLs."""

    def embed(url: str) -> str:
        drawing = path.parent / url
        if drawing.suffix != ".svg":
            return url
        if not drawing.is_file():
            raise CommandError(f"{path.name}: {url}: no such drawing")
        markup = drawing.read_text(encoding="utf-8").strip().replace('"', "'")
        return "data:image/svg+xml," + quote(markup, safe=" =:/;,'")

    return stylesheet.with_urls(path.read_text(encoding="utf-8"), replace=embed)


def _write_fonts(built: Path) -> str:
    return "".join(
        face for name, weight in WEIGHTS.items() for face in _write_faces(built, name, weight)
    )


def _write_faces(built: Path, name: str, weight: int) -> Iterator[str]:
    source = _distribution() / "fonts" / f"Marianne-{name}.woff2"
    drawn = typeface.characters(source)
    for part, points in {"": drawn & typeface.COMMON, "-other": drawn - typeface.COMMON}.items():
        target = built / "fonts" / f"Marianne-{name}{part}.woff2"
        typeface.write_subset(source, target, code_points=points)
        yield (
            f"@font-face{{font-family:Marianne;font-weight:{weight};font-display:swap;"
            f"src:url(fonts/{target.name}) format('woff2');"
            f"unicode-range:{typeface.unicode_range(points)}}}"
        )
