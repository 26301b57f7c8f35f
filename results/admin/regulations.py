from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from candidates.admin.changelists import ReadOnlyAdmin
from candidates.admin.tables import Task
from candidates.models import Speciality
from results.admin import wording
from results.models import Regulation, Test


@admin.register(Speciality)
class SpecialityAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    task = Task.SESSIONS
    list_display = ["label", "exam", "code", "from_session", "until_session", "rules"]
    list_filter = ["exam", "from_session"]
    search_fields = ["code", "label"]
    readonly_fields = ["rules"]

    @admin.display(description=_("règlement"))
    def rules(self, speciality):
        address = reverse("admin:results_regulation_change", args=[speciality.pk])
        return format_html('<a href="{}">{}</a>', address, _("Épreuves et règles"))


@admin.register(Regulation)
class RegulationAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    """Regulations, read-only: they change by importing another file."""

    task = Task.SESSIONS
    list_display = ["speciality", "was_checked", "pass_mark", "absence", "has_second_round"]
    list_filter = ["checked", "speciality__exam", "absence"]
    list_select_related = ["speciality"]
    search_fields = ["speciality__code", "speciality__label"]
    fields = [
        "speciality",
        "checked",
        "pass_mark",
        "minima",
        "shares_rule",
        "caps_rule",
        "absence",
        "force_majeure",
        "second_round_rule",
        "mentions_rule",
        "mention_with_kept_marks",
        "kept_sessions",
        "kept_from_mark",
        "kept_report_from",
        "renouncing_is_final",
        "kept_blocks",
        "booklet",
        "tests",
        "source",
    ]
    readonly_fields = [
        "minima",
        "shares_rule",
        "caps_rule",
        "second_round_rule",
        "mentions_rule",
        "tests",
    ]

    @admin.display(description=Regulation._meta.get_field("checked").verbose_name)
    def was_checked(self, regulation):
        return _("oui") if regulation.checked else _("à vérifier")

    @admin.display(description=_("second tour"))
    def has_second_round(self, regulation):
        return _("oui") if regulation.second_round else _("non")

    @admin.display(description=_("moyenne exigée par groupe"))
    def minima(self, regulation):
        return _by_group(regulation.group_minimum) or _("aucune")

    @admin.display(description=_("part de chaque groupe"))
    def shares_rule(self, regulation):
        return _by_group(regulation.shares, " %") or _("aucune")

    @admin.display(description=_("plafond de chaque groupe"))
    def caps_rule(self, regulation):
        return _by_group(regulation.caps) or _("aucun")

    @admin.display(description=_("second tour"))
    def second_round_rule(self, regulation):
        rule = regulation.second_round
        if not rule:
            return _("aucun")
        words = _("à partir de %(average)s de moyenne ; %(choose)s épreuve(s) au choix : %(among)s")
        text = words % {
            "average": _shown(rule["from_average"]),
            "choose": rule["choose"],
            "among": _among(rule["among"]),
        }
        minima = _by_group(rule["group_minimum"])
        return f"{text} ; {_('au moins')} {minima}" if minima else text

    @admin.display(description=_("mentions"))
    def mentions_rule(self, regulation):
        mentions = [f"{m['label']} ({_shown(m['from_average'])})" for m in regulation.mentions]
        return ", ".join(mentions) or _("aucune")

    @admin.display(description=_("épreuves"))
    def tests(self, regulation):
        tests = Test.objects.filter(speciality=regulation.speciality_id).order_by("position")
        rows = [{"test": test, "group": wording.group(test.group)} for test in tests]
        return render_to_string("admin/results/regulation/tests.html", {"rows": rows})


def _shown(average):
    return number_format(average, use_l10n=True)


def _by_group(numbers, unit=""):
    return ", ".join(
        f"{wording.group(group)} {_shown(number)}{unit}" for group, number in numbers.items()
    )


def _among(among):
    if not among:
        return _("toute épreuve obligatoire")
    if isinstance(among, str):
        return wording.group(among)
    lists = among if isinstance(among[0], list) else [among]
    return str(_(" ; une de ")).join(", ".join(codes) for codes in lists)
