"""What a page says: words of programmers, and sentences that contradict each other."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.apps import apps

_SILENT = {"script", "style", "pre", "code", "template", "head"}
_VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
}
_SPOKEN = ("alt", "aria-label", "placeholder", "title")
_INLINE = {"a", "abbr", "b", "bdi", "em", "i", "span", "strong", "sup", "time"}

_LINK = re.compile(r'<a\b[^>]*\shref="([^"#]+)')

# What is told of one diploma, and what cannot be told of it then, in both languages.
_CONTRADICTIONS = [
    (
        r"a été remis le|was handed over on|Il vous a été remis|It has been handed to you",
        r"vous attend dans|waits for you at|Il sera posté|It will be posted"
        r"|Ce qu’il faut apporter|What to bring|vérifie un point|checks a point",
    ),
    (
        r"a été (?:posté|renvoyé) le|was (?:posted|sent again) on",
        r"vous attend dans|waits for you at|Il sera posté|It will be posted"
        r"|envoi est préparé|mailing is prepared|se retire dans votre|is collected at your",
    ),
    (
        r"Votre diplôme nous est revenu|Your diploma came back",
        r"vous attend dans|waits for you at|Il sera posté|It will be posted"
        r"|Il est posté|It is posted",
    ),
    (
        r"est parti le .* vers votre établissement|left on .* for your school",
        r"vous attend dans|waits for you at|est envoyé par courrier|is sent by post",
    ),
    (
        r"vérifie un point avant|checks a point before",
        r"vous attend dans|waits for you at|Votre diplôme est parti|Your diploma left"
        r"|a été posté|was posted",
    ),
    (r"^(?:Prévu|Planned) ?:.*(?:depuis|since)", r"\((?:à venir|to come)\)"),  # late, not planned
]

_NAMED = re.compile(r"\b(?:django_language|print_[a-z_]+|manage\.py [a-z_]+)\b")

_CODE = re.compile(
    r"(?:^|: |, |\()(?:None|True|False)(?:$|[,;)])|\bobject \(|<[\w.]+ object|\bat 0x[0-9a-f]"
    r"|\{[{%]|%\(\w+\)|\bPGH\b|\bpgh_"
    r"|\b[a-z]+_[a-z_]+\b|\b[A-Z]+_[A-Z_]+\b|\b[A-Z]{4,}:\w"  # MISSING:U7
    r"|\b[A-Z][a-z]+(?:[A-Z][a-z]+)+Event\b|\b(?:log entry|content type)\b"
)


# Words of Django's English that no French sentence has; and words that French joins.
_ENGLISH = re.compile(
    r"\b(?:the|and|of|with|from|this|that|has|have|are|was|is|not|by|your|please|add|save|delete"
    r"|search|select|yes|user|users|log|locked|view|object|selected|all)\b",
    re.I,
)
_APART = re.compile(r"\b(?:[dlnsjmt]e|la|que) (?!oui\b|onz)[aeiouàâéèêîôûœ]")


def not_french(html):
    """Return each block of a French page with English words, or with words that are not joined.

    For the pages of the staff: the names that they show are those of `factories`.
    """
    return [
        f"“{found[0]}” in “{block[:80]}”"
        for block in blocks_of(html)
        for pattern in (_ENGLISH, _APART)
        if (found := pattern.search(block))
    ]


def coded_values():
    """Return the values of choices that their labels do not contain: ADMITTED, to_check…"""
    found = set()
    for model in apps.get_models():
        if model.__module__.startswith(("candidates", "results", "diplomas")):
            for field in model._meta.get_fields():
                for value, label in getattr(field, "flatchoices", None) or ():
                    if re.fullmatch(r"[A-Za-z_]{4,}", str(value)) and str(value) not in str(label):
                        found.add(str(value))
    return found


class _Reader(HTMLParser):
    """Reader of the text of a page, in blocks, without what is in another language."""

    def __init__(self):
        super().__init__()
        self.blocks, self.language, self._stack = [""], None, []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "html":
            self.language = found.get("lang")
        foreign = tag != "html" and found.get("lang", self.language) != self.language
        if tag not in _INLINE:
            self.blocks.append("")
        if tag not in _VOID:
            self._stack.append((tag, tag in _SILENT or foreign))
        if not self._silent and not foreign:
            spoken = [found.get(name) or "" for name in _SPOKEN]
            if "/img/icon-" in (found.get("src") or ""):
                spoken = []  # a tick or a cross of Django's, which it names True or False
            if found.get("type") in {"submit", "button"}:
                spoken.append(found.get("value") or "")
            self.blocks += [*filter(None, spoken), ""] if any(spoken) else []

    def handle_endtag(self, tag):
        while self._stack and self._stack[-1][0] != tag:
            if tag not in [name for name, _silent in self._stack]:
                return
            self._stack.pop()
        if self._stack:
            self._stack.pop()
        if tag not in _INLINE:
            self.blocks.append("")

    def handle_data(self, data):
        if not self._silent:
            self.blocks[-1] += data

    @property
    def texts(self):
        return [text for block in self.blocks if (text := " ".join(block.split()))]

    @property
    def _silent(self):
        return any(silent for _tag, silent in self._stack)


def blocks_of(html):
    """Return the texts of a page in its own language, each with single spaces."""
    reader = _Reader()
    reader.feed(html)
    return reader.texts


def code_words(html, coded):
    """Return each word of programmers that a page shows, with what is around it.

    `coded`: what `coded_values` returns; those in small letters are words of an English page. Names
    of cookies and commands are told on purpose.
    """
    reader = _Reader()
    reader.feed(html)
    wrong = [value for value in sorted(coded) if value.isupper() or reader.language != "en"]
    values = re.compile(rf"\b(?:{'|'.join(wrong)})\b")
    return [
        f"{found[0]} in “{block[:80]}”"
        for block in reader.texts
        for pattern in (_CODE, values)
        if (found := pattern.search(_NAMED.sub("", block)))
    ]


def contradictions(blocks):
    """Return each pair of sentences, among those about one diploma, that cannot both be true."""
    found = []
    for said, never in _CONTRADICTIONS:
        first = next((block for block in blocks if re.search(said, block)), None)
        second = next((block for block in blocks if re.search(never, block)), None)
        if first and second:
            found.append(f"“{first}” and “{second}”")
    return found


def links_of(html, address):
    """Return the addresses of this site that a page links to."""
    links = (urljoin(address, unescape(link)) for link in _LINK.findall(html))
    parts = (urlsplit(link) for link in links)
    return [
        part._replace(fragment="").geturl() for part in parts if not part.netloc and not part.scheme
    ]
