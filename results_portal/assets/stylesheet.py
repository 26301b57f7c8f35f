"""Cut a design system's stylesheet down to what our pages use. Text in, text out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import tinycss2
from tinycss2.ast import AtRule, Declaration, Node, QualifiedRule

DARK_THEME = re.compile(r"(:root)?\[data-fr-theme=\"?dark\"?\]")
DARK_MEDIA = "screen and (prefers-color-scheme:dark)"
NEGATION = re.compile(r":not\([^()]*\)")
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
URL = re.compile(r"url\(\s*(?![\"']?data:)[\"']?([^\"')]+)[\"']?\s*\)")
# Blocks for obsolete browsers, and font faces that we declare ourselves.
DROPPED_BLOCKS = {"charset", "font-face", "-moz-document"}
DROPPED_MEDIA = "-ms-high-contrast"


@dataclass(frozen=True)
class Rule:
    """Style rule: the conditions around it ("@media …"), its selectors and declarations."""

    conditions: tuple[str, ...]
    selectors: tuple[str, ...]
    declarations: tuple[tuple[str, str], ...]


def pruned(sheets: Iterable[str], *, used_classes: set[str]) -> str:
    """Return one minified stylesheet with the rules of `sheets`, in order, that can match a page.

    A selector is kept if `used_classes` has each class it needs, a custom property if something
    kept reads it. The dark theme, which the design system switches by script with an attribute,
    follows `prefers-color-scheme` instead, on screens only.
    """
    rules = [
        rule
        for sheet in sheets
        for rule in _rules(tinycss2.parse_stylesheet(sheet, True, True), (), used_classes)
    ]
    return _written(_without_unread_variables(rules))


def with_urls(sheet: str, *, replace: Callable[[str], str]) -> str:
    """Return `sheet` with each URL in `url(…)`, data URLs apart, changed by `replace`."""
    return URL.sub(lambda match: f'url("{replace(match[1])}")', sheet)


def _rules(
    nodes: Iterable[Node], conditions: tuple[str, ...], used_classes: set[str]
) -> Iterator[Rule]:
    for node in nodes:
        if isinstance(node, QualifiedRule):
            yield from _style_rules(node, conditions, used_classes)
        elif isinstance(node, AtRule) and node.at_keyword == "page":
            yield Rule(conditions, (_condition(node).strip(),), tuple(_declarations(node)))
        elif isinstance(node, AtRule) and node.content is not None:
            condition = _condition(node)
            if node.at_keyword not in DROPPED_BLOCKS and DROPPED_MEDIA not in condition:
                inner = tinycss2.parse_rule_list(node.content, True, True)
                yield from _rules(inner, (*conditions, condition), used_classes)


def _style_rules(
    node: QualifiedRule, conditions: tuple[str, ...], used_classes: set[str]
) -> Iterator[Rule]:
    kept = [s for s in _selectors(node) if _needed_classes(s) <= used_classes]
    declarations = tuple(_declarations(node))
    light = tuple(s for s in kept if not DARK_THEME.search(s))
    dark = tuple(DARK_THEME.sub(":root", s) for s in kept if DARK_THEME.search(s))
    if light and declarations:
        yield Rule(conditions, light, declarations)
    if dark and declarations:
        yield Rule((*conditions, f"@media {DARK_MEDIA}"), dark, declarations)


def _selectors(node: QualifiedRule) -> list[str]:
    groups: list[list[Node]] = [[]]
    for token in node.prelude:
        if token.type == "literal" and token.value == ",":
            groups.append([])
        else:
            groups[-1].append(token)
    return [tinycss2.serialize(group).strip() for group in groups]


def _needed_classes(selector: str) -> set[str]:
    return set(CLASS.findall(NEGATION.sub("", selector)))


def _declarations(node: QualifiedRule | AtRule) -> Iterator[tuple[str, str]]:
    for item in tinycss2.parse_blocks_contents(node.content, True, True):
        if isinstance(item, Declaration):
            value = tinycss2.serialize(item.value).strip()
            yield item.name, value + ("!important" if item.important else "")


def _condition(node: AtRule) -> str:
    return f"@{node.at_keyword} {tinycss2.serialize(node.prelude).strip()}"


def _without_unread_variables(rules: list[Rule]) -> list[Rule]:
    declarations = [declaration for rule in rules for declaration in rule.declarations]
    read: set[str] = set()
    found = _read_by(value for name, value in declarations if not name.startswith("--"))
    while found - read:
        read |= found
        found = _read_by(value for name, value in declarations if name in read)
    return [
        Rule(rule.conditions, rule.selectors, kept)
        for rule in rules
        if (
            kept := tuple(d for d in rule.declarations if not d[0].startswith("--") or d[0] in read)
        )
    ]


def _read_by(values: Iterable[str]) -> set[str]:
    return {name for value in values for name in VARIABLE.findall(value)}


def _written(rules: list[Rule]) -> str:
    pieces: list[str] = []
    conditions: tuple[str, ...] = ()
    for rule in rules:
        if rule.conditions != conditions:
            pieces.append("}" * len(conditions))
            pieces.append("".join(f"{condition}{{" for condition in rule.conditions))
            conditions = rule.conditions
        body = ";".join(f"{name}:{value}" for name, value in rule.declarations)
        pieces.append(f"{','.join(rule.selectors)}{{{body}}}")
    pieces.append("}" * len(conditions))
    return "".join(pieces)
