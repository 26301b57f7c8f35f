"""Template filters: the official words of a decision."""

from django import template
from django.utils.translation import override

from results.document import words
from results.document.contents import PlainDocument

register = template.Library()


@register.filter
def decision_words(document: PlainDocument) -> str:
    """Return the jury's decision of a published document that is not withheld."""
    return words.decision_words(document)


@register.filter
def official_decision_words(document: PlainDocument) -> str:
    """Return the decision in French, as the jury writes it, whatever the reader's language."""
    with override("fr"):
        return words.decision_words(document)
