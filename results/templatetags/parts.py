"""Template tag `{% part name key… %}`: a part of a page that is rendered by itself and cached.

See `results.fast_path.prepared_page`.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token

register = template.Library()

HOLES = "__holes__"  # in the context: each part renders as a placeholder only
EDGE = "\ue000"  # around a placeholder; a character that no text uses

_nodes: dict[tuple[str, str], NodeList] = {}  # by names of template and part


def nodes_of(template_name: str, part_name: str) -> NodeList:
    """Return the nodes of a part of a template that was loaded."""
    return _nodes[template_name, part_name]


@register.tag
def part(parser: Parser, token: Token) -> PartNode:
    """Parse `{% part "row" test.code %}…{% endpart %}`, which renders as its contents."""
    _tag, name, *keys = token.split_contents()
    nodes = parser.parse(("endpart",))
    parser.delete_first_token()
    name = name.strip("\"'")
    if parser.origin is not None and parser.origin.template_name is not None:
        _nodes[str(parser.origin.template_name), name] = nodes
    return PartNode(name, [parser.compile_filter(key) for key in keys], nodes)


class PartNode(template.Node):
    def __init__(self, name: str, keys: list[FilterExpression], nodelist: NodeList) -> None:
        self.name, self.keys, self.nodelist = name, keys, nodelist

    def render(self, context: template.Context) -> Any:
        if HOLES not in context:
            return self.nodelist.render(context)
        keys = [str(key.resolve(context)) for key in self.keys]
        return EDGE + " ".join([self.name, *keys]) + EDGE
