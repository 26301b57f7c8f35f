"""The official words of a decision, for pages."""

from typing import Any

from django import template

from results import decision_words as words

register = template.Library()


@register.filter
def decision_words(document: dict[str, Any]) -> str:
    """The jury's decision on a published document that is not withheld."""
    return words.decision_words(document)
