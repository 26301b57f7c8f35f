"""The result page, assembled from parts that were rendered for other visits.

The result is the page of the template `results/result.html`, byte for byte: a test compares them.
The frame of a situation is rendered once, with holes, and so is each part that fills one
(`{% part %}`: a mark in a test, an average…). A frame is rendered from a document that holds
nothing but what its cache key holds, with placeholders for names: so nothing of one candidate can
stay in the page of another.
"""

from collections.abc import Callable
from html import escape
from typing import Any, cast

from django.db import connections
from django.http import HttpRequest
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils.translation import get_language

from candidates.identification import cookie
from candidates.identification.cookie import Visit
from results.document.contents import named
from results.fast_path import frames
from results.packed_document import packing, shared_parts
from results.packed_document.packing import StoredDocument
from results.rules import KEPT
from results.templatetags.parts import EDGE, HOLES, nodes_of
from results_portal.caches import BoundedCache
from results_portal.routers import PUBLIC
from results_portal.web.page_key import language_and_office

TEMPLATE = "results/result.html"

_EDGE = EDGE.encode()
_MOST_PARTS = 1 << 16
_parts: BoundedCache[Any, bytes] = BoundedCache(_MOST_PARTS)
_Filler = Callable[["_Shown"], bytes]
_PERSONAL = ("number", "given_names", "birth_name")
_OF_THE_FRAME: tuple[str, ...] = ("verdict", "round", "issued_at")
_OF_THE_FRAME += ("mention", "jury_points", "diploma_route")


def result_page(
    request: HttpRequest, stored: StoredDocument, dates: dict[str, Any]
) -> bytes | None:
    """Return the page of a stored document (`packing`); None for one that shares nothing.

    `dates` are those of its session today.
    """
    if packing.SHARED not in stored:
        return None
    keys = packing.shared_keys(stored)
    shared = shared_parts.parts(keys, connections[PUBLIC])
    shown = _Shown(stored, keys, shared, dates, cookie.identified(request))
    return shown.fill(frames.frame(shown.key, lambda: shown.frame(request), shown.filler))


def cached_page(stored: StoredDocument, dates: dict[str, Any], visit: Visit) -> bytes | None:
    """Return the page of a visit if its frame and shared parts are cached, without any query."""
    if packing.SHARED not in stored:
        return None
    keys = packing.shared_keys(stored)
    shared = shared_parts.known(keys)
    if shared is None:
        return None
    shown = _Shown(stored, keys, shared, dates, visit)
    frame = frames.cached_frame(shown.key)
    return shown.fill(frame) if frame else None


class _Shown:
    """One document to be shown: it fills the holes of a frame."""

    def __init__(self, packed, keys, shared, dates, visitor):
        self.packed, self.shared, self.dates = packed, shared, dates
        self.visitor = visitor
        self.headings_key, self.headings = keys.headings, shared[keys.headings]
        self.rules = packing.rules_in(self.headings)
        academy = shared[keys.academy]
        # The page shows nothing of a managed académie: all of them share their frames.
        self.academy_key = None if academy["managed"] else keys.academy
        self.academy = {"managed": True} if academy["managed"] else academy
        self.school: Any = keys.school and shared[keys.school]
        self.rows = packed.get("tests", ())
        self.row_keys = packing.cache_keys(self.rows)
        self.language = get_language()
        self.places = packing.places(self.rows)
        self.kept = packing.kept_places(self.rows)
        self.key = self._key()

    def _key(self):
        """Return everything that the frame shows or depends on."""
        packed = self.packed
        control, correction, reasons = map(packed.get, ("control", "correction", "reasons"))
        return (
            *(TEMPLATE, *language_and_office(), frames.today(), *self.dates.values()),
            *(self.headings_key, self.academy_key, self.school is None, self.visitor is None),
            *(packed["verdict"], packed["round"], packed["issued_at"]),
            correction and (correction["at"], correction["reason"]),
            *(packed.get("mention"), packed.get("jury_points"), packed.get("diploma_route")),
            *(packed.get("average") is None, bool(self.kept), "shares" in packed),
            "blocks" in packed,
            control and str(_control_shape(control)),
            tuple(_kinds(reasons or ())),
            self.places,
        )

    def frame(self, request):
        """Render the page with holes."""
        context = {"document": self._frame_document(), "score_sheet_bytes": None, HOLES: True}
        context["visitor"] = self.visitor and frames.VISITOR
        return render_to_string(TEMPLATE, context, request)

    def _frame_document(self):
        packed = self.packed
        document = {name: packed[name] for name in _OF_THE_FRAME if name in packed}
        correction = packed["correction"]
        document["correction"] = correction and {n: correction[n] for n in ("at", "reason")}
        document["session"] = self.headings["session"] | self.dates
        document["speciality"] = self.headings["speciality"]
        document["rules"] = self.rules
        document["candidate"] = {name: _hole(f"candidate {name}") for name in _PERSONAL}
        school = self.school and {name: _hole(f"school {name}") for name in ("name", "city")}
        document["entry"] = {"school": school, "academy": self.academy}
        if "tests" in packed:
            document["average"] = packed["average"] and _hole("nowhere")
            document["shares"] = [{"group": s["group"]} for s in packed.get("shares", ())]
            document["blocks"] = "blocks" in packed
            document["tests"] = [
                packing.heading(self.headings, place) | {"kept_for_next": place in self.kept}
                for place in self.places
            ]
            document["reasons"] = _kinds(packed["reasons"])  # the decision's words depend on them
            document["control"] = packed["control"] and _control_frame(packed["control"])
        return document

    def fill(self, frame: list[Any]) -> bytes:
        """Return the page of this document, from its frame."""
        return b"".join([piece if type(piece) is bytes else piece(self) for piece in frame])

    def filler(self, name: str, key: str = "") -> _Filler:
        """Return what fills the hole of this name and key in any page of the same frame."""
        match name:
            case "visitor":
                return frames.visitor_filler(key)
            case "candidate":
                return lambda shown: escape(shown.packed["candidate"][key]).encode()
            case "school":
                return lambda shown: escape(shown.school[key]).encode()
            case "row" | "kept":
                codes = [self.headings["tests"][place]["code"] for place in self.places]
                rank = codes.index(key)
                return lambda shown: shown.row(name, rank)
            case "open":
                codes = [test["code"] for test in self.packed["control"]["tests"]]
                place = codes.index(key)
                return lambda shown: shown.part(
                    name, "test", {"mark": shown.packed["control"]["tests"][place]["mark"]}
                )
            case "needed":
                place = int(key)
                return lambda shown: shown.part(
                    name, "pair", {"needed": shown.packed["control"]["pairs"][place]["needed"]}
                )
            case "missing" | "was_missing":
                return lambda shown: shown.part(
                    name, "control", {"points_missing": shown.packed["control"]["points_missing"]}
                )
            case "average" | "shares" | "sum_of_shares" if "shares" in self.packed:
                return lambda shown: shown.part_of_shares(name)
            case "average" | "total" | "sum":
                return lambda shown: shown.part_of_sums(name)
        return _FILLERS[name]

    def row(self, name, rank):
        """Return the part for a test and its mark; `rank`: among the tests of the document."""
        key = (self.language, name, self.headings_key, self.row_keys[rank])
        return _parts.get(key) or self._remember(key, lambda: self._row(name, rank))

    def _row(self, name, rank):
        test = packing.unpack_test(self.headings["tests"], self.rows[rank])
        group = {"grouper": test["group"]}
        return _rendered(name, {"test": test, "group": group, "document": self.regulation()})

    def regulation(self):
        """Return what a document shows of its exam and regulation, none of it of one person."""
        return {"session": self.headings["session"], "rules": self.rules}

    def part(self, name, variable, inputs):
        """Return a part that shows the `inputs` of `variable` and nothing else."""
        key = (self.language, name, *inputs.values())
        known = _parts.get(key)
        return known or self._remember(key, lambda: _rendered(name, {variable: inputs}))

    def part_of_sums(self, name):
        """Return a part that shows points, coefficients or the average."""
        inputs = {field: self.packed[field] for field in _SUMS[name]}
        key = (self.language, name, self.rules["pass_mark"], *inputs.values())
        return _parts.get(key) or self._remember(key, lambda: self._sums(name, inputs))

    def part_of_shares(self, name):
        """Return a part that shows the average and what it is made of."""
        inputs = {"average": self.packed["average"], "shares": self.packed["shares"]}
        key = (self.language, name, self.headings_key, str(inputs))
        return _parts.get(key) or self._remember(key, lambda: self._sums(name, inputs))

    def _sums(self, name, inputs):
        rules = {"pass_mark": self.rules["pass_mark"], "caps": self.rules.get("caps", ())}
        return _rendered(name, {"document": inputs | {"rules": rules}})

    def usage_name(self):
        usage_name = self.packed["candidate"]["usage_name"]
        return f" ({escape(usage_name)})".encode() if usage_name else b""

    def greeting(self):
        """Return the part that names the person by the first of the given names."""
        first, _, _ = self.packed["candidate"]["given_names"].partition(" ")
        key = (self.language, "greeting", first)
        document = {"candidate": {"given_names": first}}
        return _parts.get(key) or self._remember(
            key, lambda: _rendered("greeting", {"document": document})
        )

    def changes(self):
        """Return the list of the marks that a correction changed, and of the average."""
        correction = self.packed["correction"]
        replaced = correction.get("replaced_tests")
        if not replaced:
            return b""
        average = self.packed["average"]
        old_average = correction["replaced_average"]
        changed = packing.places(replaced)
        rows = [row for place, row in zip(self.places, self.rows, strict=True) if place in changed]
        averages = (old_average, average)
        key = (self.language, "changes", self.headings_key, str(replaced), str(rows), *averages)
        return _parts.get(key) or self._remember(key, lambda: self._changes(replaced, rows))

    def _changes(self, replaced, rows):
        packed, tests = self.packed, self.headings["tests"]
        old, new = ([packing.unpack_test(tests, row) for row in some] for some in (replaced, rows))
        correction = {
            "replaced_tests": old,
            "replaced_average": packed["correction"]["replaced_average"],
        }
        document = {"correction": correction, "tests": new, "average": packed["average"]}
        document["session"] = self.headings["session"]
        return _rendered("changes", {"document": document})

    def reasons(self):
        reasons, tests = self.packed["reasons"], self.headings["tests"]
        names = reasons and packing.subjects(self.rows)
        if names:
            tests = [
                test | {"label": named(test["label"], names.get(place, ""))}
                for place, test in enumerate(tests)
            ]
        key = (self.language, "reasons", self.headings_key, str(names), *reasons)
        document = {"reasons": reasons, "tests": tests} | self.regulation()
        known = _parts.get(key)
        if known is None:  # not falsy: without a reason the part is empty
            known = self._remember(key, lambda: _rendered("reasons", {"document": document}))
        return known

    def no_mention(self):
        """Return the part that says why there is no mention, empty without a kept mark."""
        kept = sorted(packing.all_statuses(self.rows) & KEPT)
        document = {"tests": [{"status": status, "parts": ()} for status in kept]}
        key = (self.language, "no_mention", *kept)
        known = _parts.get(key)
        if known is None:
            known = self._remember(key, lambda: _rendered("no_mention", {"document": document}))
        return known

    def absences(self):
        """Return what the rule of the exam makes of the tests missed."""
        ranks = packing.absences(self.rows)
        key = (self.language, "absences", self.headings_key, *(self.row_keys[r] for r in ranks))
        known = _parts.get(key)
        if known is None:
            known = self._remember(key, lambda: self._absences(ranks))
        return known

    def _absences(self, ranks):
        tests = [packing.unpack_test(self.headings["tests"], self.rows[rank]) for rank in ranks]
        return _rendered("absences", {"document": {"tests": tests} | self.regulation()})

    def notes(self):
        statuses = packing.statuses(self.rows)
        key = (self.language, "notes", self.headings_key, *statuses, self.places)
        key = (*key, self.packed["round"])
        return _parts.get(key) or self._remember(key, lambda: self._notes(statuses))

    def _notes(self, statuses):
        headings = [packing.heading(self.headings, place) for place in self.places]
        tests = [{"status": status, "optional": False} for status in statuses]
        tests += [{"status": ""} | heading for heading in headings]
        document = {"tests": tests, "round": self.packed["round"]} | self.regulation()
        return _rendered("notes", {"document": document})

    def kept_tests(self):
        """Return the list of the marks kept, which has holes of its own."""
        kept = [self.headings["tests"][place] for place in self.kept]
        key = (self.language, "kept_tests", self.headings_key, *self.kept)
        written = _parts.get(key) or self._remember(
            key, lambda: _rendered("kept_tests", {"kept": kept, HOLES: True})
        )
        pieces = written.split(_EDGE)
        for place in range(1, len(pieces), 2):
            pieces[place] = self.filler(*pieces[place].decode().split(" "))(self)
        return b"".join(pieces)

    def _remember(self, key, render):
        known = _parts[key] = render().encode()
        return known


_FILLERS: dict[str, _Filler] = {
    "usage_name": _Shown.usage_name,
    "changes": _Shown.changes,
    "greeting": _Shown.greeting,
    "reasons": _Shown.reasons,
    "no_mention": _Shown.no_mention,
    "absences": _Shown.absences,
    "notes": _Shown.notes,
    "kept_tests": _Shown.kept_tests,
}
_SUMS = {
    "average": ("points", "points_required", "average"),
    "total": ("divisor", "average", "points"),
    "sum": ("points", "divisor", "average", "points_required"),
}


_TEMPLATES_OF_PARTS = {
    part: f"results/includes/{template}.html"
    for template, parts in {
        "average": ["average"],
        "calculation": ["sum", "sum_of_shares", "notes"],
        "control": ["open", "needed", "missing", "was_missing"],
        "correction": ["changes"],
        "marks": ["row", "shares", "total"],
        "reasons": ["reasons"],
        "verdict": ["greeting", "no_mention"],
        "step_absence_zero": ["absences"],
        "step_kept_marks": ["kept_tests", "kept"],
    }.items()
    for part in parts
}


def _hole(name):
    return f"{EDGE}{name}{EDGE}"


def _kinds(reasons):
    return sorted({f"{reason.partition(':')[0]}:" for reason in reasons})


def _control_shape(control):
    tests = [(test["code"], test["label"]) for test in control["tests"]]
    return control["choose"], tests, _codes(control)


def _codes(control):
    return [pair["codes"] for pair in control["pairs"]]


def _control_frame(control):
    tests = [{k: v for k, v in test.items() if k != "mark"} for test in control["tests"]]
    pairs = [{"codes": codes} for codes in _codes(control)]
    return {"choose": control["choose"], "tests": tests, "pairs": pairs}


def _rendered(name, values):
    """Render one part, from nothing but `values`."""
    template_name = _TEMPLATES_OF_PARTS[name]
    template = cast(Any, get_template(template_name)).template
    context = Context(values)
    with context.bind_template(template), context.render_context.push_state(template):
        return nodes_of(template_name, name).render(context)
