"""Marks that a regulation has no use for beside the others, and the sentence for each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from results.admin.correction_forms import MarkForm
from results.marks.mark_checks import too_many
from results.models import Mark
from results.regulations.rulebook import Rulebook


def conflicts(forms: Sequence[MarkForm], book: Rulebook) -> Iterator[tuple[MarkForm, str]]:
    """Yield the forms (valid, of one entry) whose mark cannot be, and a sentence for each.

    As `mark_checks` does for files.
    """
    first = {form.test.pk: form for form in forms if form.round == 1}
    parts: dict[int, list[MarkForm]] = defaultdict(list)
    for form in first.values():
        if form.test.whole_id:
            parts[form.test.whole_id].append(form)
    for whole, of_test in parts.items():
        yield from _whole_beside_parts(first[whole], of_test)
    second = {form.test.code: form for form in forms if form.round == 2 and form.after}
    for form in second.values():
        if _is_exempt([first[form.test.pk], *parts[form.test.pk]]):
            yield form, _("le candidat est dispensé de cette épreuve")
    for tests in book.decider.open_lists:
        codes = [test.code for test in tests]
        taken = [second[code] for code in codes if code in second]
        if len(taken) > book.decider.from_each:
            sentence = too_many(book.decider.from_each, codes)
            yield from ((form, sentence) for form in taken)


def _whole_beside_parts(
    whole: MarkForm, parts: Sequence[MarkForm]
) -> Iterator[tuple[MarkForm, str]]:
    if whole.after is None:
        return
    if not whole.after[1]:
        codes = ", ".join(part.test.code for part in parts)
        yield whole, _("cette épreuve est notée par ses parties (%s)") % codes
        return
    for part in parts:
        if part.after is not None:
            code = whole.test.code
            yield part, _("l’épreuve %s a déjà un état pour l’ensemble de ses parties") % code


def _is_exempt(forms: Sequence[MarkForm]) -> bool:
    """Whether a test, given as its whole and its parts, is left out."""
    taken = [form.after[1] for form in forms if form.after is not None]
    return bool(taken) and all(status == Mark.Status.EXEMPT for status in taken)
