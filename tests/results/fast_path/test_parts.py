"""`{% part %}`: parts of pages, kept by template and name."""

from django.template import Context, Engine

from results.templatetags.parts import nodes_of

TEMPLATES = {
    "one.html": '{% load parts %}{% part "row" %}one {{ word }}{% endpart %}',
    "other.html": '{% load parts %}{% part "row" %}other {{ word }}{% endpart %}',
}


def test_a_part_of_the_same_name_in_another_template_replaces_nothing():
    engine = Engine(
        loaders=[("django.template.loaders.locmem.Loader", TEMPLATES)],
        libraries={"parts": "results.templatetags.parts"},
    )
    templates = {name: engine.get_template(name) for name in TEMPLATES}
    for name, template in templates.items():
        context = Context({"word": "part"})
        with context.bind_template(template):
            assert nodes_of(name, "row").render(context) == f"{name.removesuffix('.html')} part"
