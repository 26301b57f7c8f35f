"""Search of people by the beginning of their names, typed without accents or hyphens."""

from django.db.models import CharField, Func, Q
from django.db.models.functions import Greatest, Length

from candidates.names import likeness
from candidates.names.likeness import MOST_WORDS
from candidates.names.sorting import BETWEEN_WORDS, NO_LETTERS, PAIRS, STROKES, search_key

_SHORTEST, _LONGEST = 4, 20  # letters of a name that may be mistyped


def _key_in_sql():
    key = f"regexp_replace(normalize(%(expressions)s, NFKD), '{NO_LETTERS}', '', 'g')"
    for letter, pair in PAIRS.items():
        key = f"replace({key}, '{letter}', '{pair}')"
    key = f"upper(translate({key}, '{STROKES[0]}', '{STROKES[1]}'))"
    return f"btrim(regexp_replace({key}, '{BETWEEN_WORDS}', ' ', 'g'))"


class BareName(Func):
    """`sorting.search_key` in SQL; the indexes of `Candidate` are made of it.

    A change here needs a migration that rebuilds those indexes.
    """

    template = _key_in_sql()
    output_field = CharField()


def named(candidates, text):
    """Return the `candidates` (a queryset) whose family name, of birth or usage, begins as `text`.

    Of several words each begins a word of their names, in any order. Empty when `text` holds no
    letter.
    """
    words = search_key(text).split()[:MOST_WORDS]
    if len(words) > 1:
        return likeness.beginning(candidates.alias(key=likeness.PERSON), words)
    return _bare(candidates).filter(_family(words[0])) if words else candidates.none()


def of_family(candidates, text):
    """Return the `candidates` (a queryset) whose family name begins as `text`, the same one first.

    Of those that begin alike, it is the shortest.
    """
    beginning = search_key(text)
    found = _bare(candidates).filter(_family(beginning)) if beginning else candidates.none()
    lengths = Greatest(Length("birth_name"), Length("usage_name")), Length("usage_name")
    return found.order_by(*lengths, *candidates.query.order_by)


def of_family_mistyped(candidates, text):
    """Return the `candidates` (a queryset) whose family name is `text` with one slip of the hand.

    A letter too many, two letters in each other's place, one word typed as two or two as one. Empty
    below four letters.
    """
    typed = search_key(text)
    letters = typed.replace(" ", "")[:_LONGEST]
    if len(letters) < _SHORTEST:
        return candidates.none()
    pairs = [(letters[:n], letters[n:]) for n in range(1, len(letters))]
    spellings = {letters, *(f"{left} {right}" for left, right in pairs)}
    spellings |= {left[:-1] + right for left, right in pairs} | {letters[:-1]}
    spellings |= {left[:-1] + right[0] + left[-1] + right[1:] for left, right in pairs}
    names = sorted(spellings - {typed})
    of_usage = Q(bare_usage_name__in=names) & ~Q(usage_name="")
    return _bare(candidates).filter(Q(bare_birth_name__in=names) | of_usage)


def _bare(candidates):
    return candidates.alias(
        bare_birth_name=BareName("birth_name"),
        bare_usage_name=BareName("usage_name"),
    )


def _family(beginning):
    # `usage_name` is not empty: the condition of its index.
    of_usage = Q(bare_usage_name__startswith=beginning) & ~Q(usage_name="")
    return Q(bare_birth_name__startswith=beginning) | of_usage
