"""Search of people by the beginning of their names, typed without accents or hyphens."""

from django.db.models import CharField, Func, Q

from candidates.names.sorting import BETWEEN_WORDS, NO_LETTERS, PAIRS, STROKES, search_key

MOST_WORDS = 5


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
    """Return the `candidates` (a queryset) whose family name, then given names, begin as `text`.

    The family name is that of birth or of usage; given names may come first as well. Empty when
    `text` holds no letter.
    """
    words = search_key(text).split()[:MOST_WORDS]
    if not words:
        return candidates.none()
    asked = Q()
    for split in range(len(words)):
        given, family = " ".join(words[:split]), " ".join(words[split:])
        asked |= _family(family) & _given(given)
        if split:
            asked |= _family(given) & _given(family)
    return candidates.alias(
        bare_birth_name=BareName("birth_name"),
        bare_usage_name=BareName("usage_name"),
        bare_given_names=BareName("given_names"),
    ).filter(asked)


def _family(beginning):
    # `usage_name` is not empty: the condition of its index.
    of_usage = Q(bare_usage_name__startswith=beginning) & ~Q(usage_name="")
    return Q(bare_birth_name__startswith=beginning) | of_usage


def _given(beginning):
    if not beginning:
        return Q()
    return Q(bare_given_names__startswith=beginning) | Q(bare_given_names__contains=f" {beginning}")
