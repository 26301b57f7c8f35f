"""The result page, put together from what other visits have left.

The page is that of its template, `results/result.html`, and a test holds both to the same bytes.
What the template prints alike for many is rendered once: the frame of a situation, with holes, and
each part that stands in one (`{% part %}`: a mark in a test, an average…). A frame is rendered from
a document that holds nothing but what its key holds, with marks of their places instead of names;
so nothing of one candidate can stay in what another one is shown.
"""

from html import escape
from typing import Any

from django.db import connections
from django.http import HttpRequest
from django.template import Context, engines
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from results import frames, packing, shared_parts
from results.statements import PUBLIC
from results.templatetags.parts import EDGE, HOLES, NODES

TEMPLATE = "results/result.html"

_MOST_PARTS = 1 << 16
_parts: dict[Any, str] = {}
_PERSONAL = ("number", "given_names", "birth_name")
_OF_THE_FRAME: tuple[str, ...] = ("verdict", "round", "issued_at", "correction")
_OF_THE_FRAME += ("mention", "jury_points", "diploma_route")
_KEPT_FOR_NEXT = 8  # its place in a test with more to say, see `packing`


def result_page(request: HttpRequest, stored: dict[str, Any], dates: dict[str, Any]) -> str:
    """The page of a stored document (`packing`); `dates` are those of its session today."""
    shared = {}
    if packing.SHARED in stored:
        shared = shared_parts.parts(stored[packing.SHARED], connections[PUBLIC])
    if not shared or request.META.get("QUERY_STRING"):  # which the page repeats
        return plain_page(request, packing.unpack(stored, shared) if shared else stored, dates)
    return _page(request, stored, shared, dates)


def plain_page(request: HttpRequest, document: dict[str, Any], dates: dict[str, Any]) -> str:
    """The page of a whole document, straight from the template."""
    shown = document | {"session": document["session"] | dates}
    return render_to_string(TEMPLATE, {"document": shown, "score_sheet_bytes": None}, request)


def _page(request, packed, shared, dates):
    visit = _Visit(packed, shared, dates)
    written = list(frames.frame(visit.key, lambda: visit.frame(request)))
    for place in range(1, len(written), 2):
        written[place] = visit.fill(*written[place])
    return "".join(written)


def _remember(memory, most, key, value):
    if len(memory) >= most:
        memory.clear()
    memory[key] = value
    return value


class _Visit:
    """One document on its way into the page."""

    def __init__(self, packed, shared, dates):
        self.packed, self.dates = packed, dates
        self.words_key, academy_key, school_key = packed[packing.SHARED]
        self.words = shared[self.words_key]
        academy = shared[academy_key]
        # Nothing of an académie that we manage is shown: they share their frames.
        self.academy_key = None if academy["managed"] else academy_key
        self.academy = {"managed": True} if academy["managed"] else academy
        self.school = school_key and shared[school_key]
        self.rows = packed.get("tests", ())
        self.language = get_language()
        self.kept = {
            row[0] for row in self.rows if len(row) > packing.PLAIN_LENGTH and row[_KEPT_FOR_NEXT]
        }
        self.kinds = sorted({f"{r.partition(':')[0]}:" for r in packed.get("reasons", ())})
        self.key = self._key()

    def _key(self):
        """Everything that the frame shows or depends on."""
        packed, control = self.packed, None
        if packed.get("control"):
            control = _control_shape(packed["control"])
        correction, day = packed["correction"], timezone.localdate()
        return (
            *(TEMPLATE, *frames.always(), day, *self.dates.values()),
            *(self.words_key, self.academy_key, self.school is None),
            *(packed["verdict"], packed["round"], packed["issued_at"]),
            correction and tuple(correction.items()),
            *(packed.get("mention"), packed.get("jury_points"), packed.get("diploma_route")),
            *(packed.get("average") is None, bool(self.kept), str(control), *self.kinds),
            tuple(row[0] for row in self.rows),
        )

    def frame(self, request):
        """The page with holes."""
        context = {"document": self._frame_document(), "score_sheet_bytes": None, HOLES: True}
        return render_to_string(TEMPLATE, context, request)

    def _frame_document(self):
        packed = self.packed
        document = {name: packed[name] for name in _OF_THE_FRAME if name in packed}
        document["session"] = self.words["session"] | self.dates
        document["speciality"] = self.words["speciality"]
        document["candidate"] = {name: _hole(f"candidate {name}") for name in _PERSONAL}
        school = self.school and {name: _hole(f"school {name}") for name in ("name", "city")}
        document["entry"] = {"school": school, "academy": self.academy}
        if "tests" in packed:
            document["average"] = packed["average"] and _hole("nowhere")
            document["tests"] = [
                self.words["tests"][row[0]] | {"kept_for_next": row[0] in self.kept}
                for row in self.rows
            ]
            document["reasons"] = self.kinds  # the decision is worded after them
            document["control"] = packed["control"] and _control_frame(packed["control"])
        return document

    def fill(self, name, key=""):
        """What stands in the hole of this name and key."""
        match name:
            case "candidate":
                return escape(self.packed["candidate"][key])
            case "usage_name":
                usage_name = self.packed["candidate"]["usage_name"]
                return f" ({escape(usage_name)})" if usage_name else ""
            case "address":
                return "<br>".join(map(escape, self.packed["candidate"]["address"]))
            case "reasons" | "notes" | "kept_tests":
                return getattr(self, f"_{name}")()
            case "school":
                return escape(self.school[key])
            case "row" | "kept":
                return self._row(name, key)
            case "open":
                (test,) = (t for t in self.packed["control"]["tests"] if t["code"] == key)
                return self._part(name, "test", {"mark": test["mark"]})
            case "needed":
                pair = self.packed["control"]["pairs"][int(key)]
                return self._part(name, "pair", {"needed": pair["needed"]})
            case "missing" | "was_missing":
                missing = {"points_missing": self.packed["control"]["points_missing"]}
                return self._part(name, "control", missing)
        inputs = {field: self.packed[field] for field in _SUMS[name]}
        return self._part(name, "document", inputs)

    def _row(self, name, code):
        for row in self.rows:
            if self.words["tests"][row[0]]["code"] == code:
                break
        row_key = tuple(row) if len(row) == packing.PLAIN_LENGTH else str(row)

        def render():
            test = packing.unpack_test(self.words["tests"], row)
            return _rendered(name, {"test": test, "group": {"grouper": test["group"]}})

        return self._known((name, self.words_key, row_key), render)

    def _reasons(self):
        reasons, tests = self.packed["reasons"], self.words["tests"]
        return self._known(
            ("reasons", self.words_key, *reasons),
            lambda: _rendered("reasons", {"document": {"reasons": reasons, "tests": tests}}),
        )

    def _notes(self):
        statuses = sorted({row[3] if len(row) > packing.PLAIN_LENGTH else "" for row in self.rows})
        optional = any(self.words["tests"][row[0]]["optional"] for row in self.rows)
        tests = [{"status": status, "optional": optional} for status in statuses]
        document = {"tests": tests, "round": self.packed["round"]}
        return self._known(
            ("notes", *statuses, optional, self.packed["round"]),
            lambda: _rendered("notes", {"document": document}),
        )

    def _kept_tests(self):
        """The list of the marks kept, which has holes of its own."""
        kept = [self.words["tests"][place] for place in sorted(self.kept)]
        written = self._known(
            ("kept_tests", self.words_key, *sorted(self.kept)),
            lambda: _rendered("kept_tests", {"kept": kept, HOLES: True}),
        ).split(EDGE)
        for place in range(1, len(written), 2):
            written[place] = self.fill(*written[place].split(" "))
        return "".join(written)

    def _known(self, key, render):
        known = _parts.get((self.language, *key))
        if known is None:
            known = _remember(_parts, _MOST_PARTS, (self.language, *key), render())
        return known

    def _part(self, name, variable, inputs):
        key = (name, *inputs.values())
        return self._known(key, lambda: _rendered(name, {variable: inputs}))


_SUMS = {
    "average": ("points", "points_required", "average"),
    "total": ("divisor", "average", "points"),
    "sum": ("points", "divisor", "average", "points_required"),
}


def _hole(name):
    return f"{EDGE}{name}{EDGE}"


def _control_shape(control):
    return control["choose"], [t["code"] for t in control["tests"]], _codes(control)


def _codes(control):
    return [pair["codes"] for pair in control["pairs"]]


def _control_frame(control):
    tests = [{k: v for k, v in test.items() if k != "mark"} for test in control["tests"]]
    pairs = [{"codes": codes} for codes in _codes(control)]
    return {"choose": control["choose"], "tests": tests, "pairs": pairs}


def _rendered(name, values):
    """One part, from nothing but `values`."""
    template = engines["django"].get_template(TEMPLATE).template
    context = Context(values)
    with context.bind_template(template), context.render_context.push_state(template):
        return NODES[name].render(context)
