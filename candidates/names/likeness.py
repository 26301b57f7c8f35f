"""Search by likeness: names with a typing error, in one word or two, and any word of a name.

The database compares groups of three letters (pg_trgm). Its extension is in a schema of its own,
which visitors' logins may not use.
"""

from django.db import connection, transaction
from django.db.models import BooleanField, F, FloatField, Func, Model, Q, TextField, Value
from django.db.models.functions import Greatest, Replace

from candidates.names.searching import MOST_WORDS
from candidates.names.sorting import search_key

SCHEMA = "likeness"
INDEX_CLASS = f"{SCHEMA}.gin_trgm_ops"
CLOSE, FAR = 0.8, 0.4  # share of a typed word's groups of letters that a name must have
SHORTEST = 3  # letters of a word that is searched for; shorter ones only help to rank


# Accents of European and Vietnamese names, and what stands between words. `BareName` knows every
# sign, and takes ten times longer; here each row that is compared needs its key.
_ACCENTS = "".join(
    map(chr, [*range(0x300, 0x30D), 0x31B, 0x323, 0x326, 0x327, 0x328, 0xAD, 0x200B])
)
_PLAIN = {**dict(zip("øłđðħŧı", "olddhti", strict=True)), **dict.fromkeys("'-’ʼʻ´`‑‐", " ")}
_PAIRS = {"œ": "oe", "æ": "ae", "ß": "ss", "þ": "th"}


def _key_in_sql():
    plain, become = "".join(_PLAIN), "".join(_PLAIN.values())
    key = "normalize(lower(%(expressions)s), NFKD)"
    quoted = plain.replace("'", "''")
    key = f"translate({key}, '{quoted}{_ACCENTS}', '{become}')"
    for letter, pair in _PAIRS.items():
        key = f"replace({key}, '{letter}', '{pair}')"
    return key


class Key(Func):
    """Several columns as one text to compare: small letters without accents."""

    template = _key_in_sql()
    arg_joiner = " || ' ' || "
    output_field = TextField()


PERSON = Key("birth_name", "usage_name", "given_names")
SCHOOL = Key("name", "city")


class _Resembles(Func):
    template = "(%(expressions)s)"
    arg_joiner = f" OPERATOR({SCHEMA}.%%>) "
    output_field = BooleanField()


class _ResemblesAWord(_Resembles):
    """The same for whole words of the key."""

    arg_joiner = f" OPERATOR({SCHEMA}.%%>>) "


class _Likeness(Func):
    function = f"{SCHEMA}.word_similarity"
    output_field = FloatField()


class _LikenessAsAWhole(Func):
    function = f"{SCHEMA}.similarity"
    output_field = FloatField()


def most_alike(rows, key, text, most):
    """Return a list of `most` of `rows` (a queryset) at most, whose `key` is most like `text`.

    Each word of `text` of three letters or more must be like a word of the key. Two letters typed
    in each other's place, then names that differ more, are tried where too few are close.
    """
    words = search_key(text).split()[:MOST_WORDS]
    joined = "".join(words)
    long = [word for word in words if len(word) >= SHORTEST] or [joined]
    if len(long[0]) < SHORTEST:
        return []
    found: dict[object, Model] = {}
    for threshold, spellings, test in (
        (CLOSE, _as_typed, _Resembles),
        (CLOSE, _swapped, _ResemblesAWord),
        (FAR, _as_typed, _Resembles),
    ):
        alike = rows.alias(key=key).filter(*(_any(test, spellings(word)) for word in long))
        alike = alike.alias(
            likeness=Greatest(
                _mean(_likeness(spellings(word)) for word in words),
                _Likeness(Value(joined), Replace("key", Value(" "))),
            ),
            likeness_as_a_whole=_LikenessAsAWhole(F("key"), Value(" ".join(words))),
        ).order_by("-likeness", "-likeness_as_a_whole", *rows.query.order_by)
        for row in _first(alike, most, threshold):
            found.setdefault(row.pk, row)
        if len(found) >= most:
            break
    return list(found.values())[:most]


def _as_typed(word):
    return [word]


def _swapped(word):
    """Return the word, and each spelling of it with two neighbours in each other's place."""
    pairs = range(len(word) - 1 if len(word) > SHORTEST else 0)
    others = {word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in pairs} - {word}
    return [word, *sorted(others)]


def _any(test, spellings):
    return Q.create([test(F("key"), Value(word)) for word in spellings], connector=Q.OR)


def _likeness(spellings):
    parts = [_Likeness(Value(word), F("key")) for word in spellings]
    return Greatest(*parts) if len(parts) > 1 else parts[0]


def _mean(parts):
    first, *others = parts
    return sum(others, start=first) / Value(float(1 + len(others)))


def _first(rows, most, threshold):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.' || name || '_similarity_threshold', %s, true)"
            " FROM unnest(ARRAY['word', 'strict_word']) AS name",
            [str(threshold)],
        )
        return list(rows[:most])
