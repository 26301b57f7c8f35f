"""The official words of a decision, for pages."""

from typing import Any

from django import template
from django.utils.translation import override

from results.document import words

register = template.Library()


@register.filter
def decision_words(document: dict[str, Any]) -> str:
    """The jury's decision on a published document that is not withheld."""
    return words.decision_words(document)


@register.filter
def official_decision_words(document: dict[str, Any]) -> str:
    """The same decision as the jury writes it, in French whatever the reader's language."""
    with override("fr"):
        return words.decision_words(document)
