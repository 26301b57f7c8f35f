"""Template filter: the help pages of an exam."""

from django import template

from results.guidance import exams

register = template.Library()

register.filter("exam_slug", exams.slug)
