"""Template filters: what an exam says for itself, and the official words of a decision."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from results.document import exams, words
from results.document.contents import PlainDocument

register = template.Library()


register.filter("exam", exams.exam)
register.filter("minimum_of", words.minimum_of)
register.filter("by_group", words.by_group)
register.filter("has_kept_mark", words.has_kept_mark)


@register.filter
def citing(sentence: object, text: object) -> SafeString:
    """Return a sentence with its text of law, if any, in parentheses before its full stop."""
    written = conditional_escape(str(sentence))
    if not text:
        return written
    return format_html("{} ({}).", mark_safe(written.removesuffix(".")), text)  # noqa: S308


@register.filter
def capped(share: dict[str, Any], rules: dict[str, Any]) -> bool:
    """Whether the average of a group is the most that the rules of its document allow."""
    caps = {cap["group"]: Decimal(cap["average"]) for cap in rules.get("caps", ())}
    most = caps.get(share["group"])
    return most is not None and share["average"] is not None and Decimal(share["average"]) >= most


@register.filter
def in_difference(tests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the tests that add what their mark is above ten, or take what it is below."""
    return [test for test in tests if test.get("in_difference")]


@register.filter
def missed(tests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the compulsory tests with an absence that nothing justifies."""
    return [test for test in tests if test["status"] == "ABS" and not test["optional"]]


@register.filter
def kept_units(test: dict[str, Any], rules: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the units of a test that stay acquired."""
    return words.kept_units(test, rules)


@register.filter
def has_optional(tests: list[dict[str, Any]], in_full: bool) -> bool:
    """Whether a test is optional and counts `in_full`, or for its points above ten alone."""
    return any(test["optional"] and test["in_full"] is in_full for test in tests)


@register.filter
def decision_words(document: PlainDocument) -> str:
    """Return the jury's decision of a published document that is not withheld."""
    return words.decision_words(document)


@register.filter
def official_decision_words(document: PlainDocument) -> str:
    """Return the decision in French, as the jury writes it, whatever the reader's language."""
    with override("fr"):
        return words.decision_words(document)


@register.filter
def group_words(group: str) -> str:
    """Return the name of a group of tests."""
    return words.group_words(group)


@register.filter
def exam_in_sentence(exam: str) -> str:
    """Return the name of an exam as it stands in a sentence: "brevet de technicien supérieur"."""
    name = str(exams.exam(exam).name)
    return name if name == exam else name[0].lower() + name[1:]
