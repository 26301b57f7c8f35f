"""Search by likeness: names with a typing error, in one word or two, and any word of a name.

The database compares groups of three letters (pg_trgm). Its extension is in a schema of its own,
which visitors' logins may not use.
"""

from django.db import connection, transaction
from django.db.models import BooleanField, F, FloatField, Func, Model, Q, TextField, Value
from django.db.models.functions import Greatest, Replace

from candidates.names.sorting import search_key

MOST_WORDS = 5
SCHEMA = "likeness"
INDEX_CLASS = f"{SCHEMA}.gin_trgm_ops"
CLOSE, FAR = 0.6, 0.45  # share of a typed word's groups of letters that a name must have
COMPARED = 1000  # rows at most that are put in order of likeness
SHORTEST = 3  # letters of a word that names must resemble; shorter ones only help to rank


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


class _Likeness(Func):
    function = f"{SCHEMA}.word_similarity"
    output_field = FloatField()


class _LikenessAsAWhole(Func):
    function = f"{SCHEMA}.similarity"
    output_field = FloatField()


def most_alike(rows, key, text, most, *, nearer=()):
    """Return a list of `most` of `rows` (a queryset) at most, the most like `text` first.

    Those of each queryset of `nearer` come first, in their order; then those of which a word begins
    as each word of `text`; then those whose `key` resembles each word of three letters or more.
    Each is tried where those before are too few, the farthest where there is none: common names
    have thousands of rows, and a key takes long to compare.
    """
    words = search_key(text).lower().split()[:MOST_WORDS]
    found: dict[object, Model] = {}

    def add(more):
        for row in more[:most]:
            found.setdefault(row.pk, row)

    rows = rows.alias(key=key)
    for near in [*nearer, *([_ranked(rows, beginning(rows, words), words)] if words else [])]:
        if len(found) < most:
            add(near)
    long = [word for word in words if len(word) >= SHORTEST]
    if long and max(map(len, long)) > SHORTEST:
        alike = rows.filter(*(_Resembles(F("key"), Value(word)) for word in long))
        ranked = _by_likeness(_ranked(rows, alike, words), words)
        for threshold, enough in ((CLOSE, most), (FAR, 1)):
            if len(found) < enough:
                add(_with_threshold(threshold, ranked[:most]))
    return list(found.values())[:most]


def beginning(rows, words):
    """Return those of `rows` (a queryset with an alias `key`) with a word that begins as each."""
    for word in map(str.lower, words):
        rows = rows.filter(Q(key__startswith=word) | Q(key__contains=f" {word}"))
    return rows


def _ranked(rows, alike, words):
    """Return `rows` that are among `alike`, `COMPARED` at most, those with the least else first."""
    found = rows.filter(pk__in=alike.order_by().values("pk")[:COMPARED])
    return found.alias(
        likeness_as_a_whole=_LikenessAsAWhole(F("key"), Value(" ".join(words)))
    ).order_by("-likeness_as_a_whole", *rows.query.order_by)


def _by_likeness(ranked, words):
    """Return `ranked` by the likeness of each word first."""
    likeness = Greatest(
        _mean(_likeness(word) for word in words),
        _Likeness(Value("".join(words)), Replace("key", Value(" "))),
    )
    return ranked.alias(likeness=likeness).order_by("-likeness", *ranked.query.order_by)


def _with_threshold(threshold, rows):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(threshold)]
        )
        return list(rows)


def _swapped(word):
    """Return the word, and each spelling of it with two neighbours in each other's place."""
    pairs = range(len(word) - 1 if len(word) > SHORTEST else 0)
    others = {word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in pairs} - {word}
    return [word, *sorted(others)]


def _likeness(word):
    """Return how like `word` the key is, 0 to 1, two letters in each other's place or not."""
    parts = [_Likeness(Value(spelling), F("key")) for spelling in _swapped(word)]
    return Greatest(*parts) if len(parts) > 1 else parts[0]


def _mean(parts):
    first, *others = parts
    return sum(others, start=first) / Value(float(1 + len(others)))
