"""`{% link "result" %}`: the address of a page of an app above, see `results_portal.links`."""

from django import template

from results_portal import links

register = template.Library()
register.simple_tag(links.url, name="link")
