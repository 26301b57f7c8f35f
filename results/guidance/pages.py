"""The help pages: path, title, summary, context, and links to related pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from results.guidance import facts


@dataclass(frozen=True)
class HelpPage:
    """A help page: template guidance/<name>.html, URL name guidance:<name>.

    `facts` returns its context. With `by_exam` there is a page for each exam as well, for which
    `facts` takes the exam: its URL name has `_exam` behind it.
    """

    name: str
    path: str
    title: str | Promise
    summary: str | Promise
    facts: Callable[..., dict[str, Any]] = dict
    related: tuple[str, ...] = ()
    by_exam: bool = False

    @property
    def url_name(self) -> str:
        return f"guidance:{self.name}"

    @property
    def exam_url_name(self) -> str:
        return f"guidance:{self.name}_exam"


_RESULT = (
    HelpPage(
        "results",
        "mon-resultat",
        _("Quand et comment connaître votre résultat"),
        _("Les dates, les heures, et ce qu’il faut avoir sous la main."),
        facts.results,
        ("no_list", "score_sheet"),
    ),
    HelpPage(
        "no_list",
        "liste",
        _("Votre nom n’est sur aucune liste"),
        _("Ce que cela veut dire, et ce que cela ne veut pas dire."),
        facts.no_list,
        ("results", "privacy"),
    ),
    HelpPage(
        "score_sheet",
        "releve-de-notes",
        _("Le relevé de notes"),
        _("Quand il arrive, à quoi il sert, comment le lire."),
        facts.score_sheet,
        ("complaints", "diploma"),
        by_exam=True,
    ),
    HelpPage(
        "complaints",
        "copies-et-reclamations",
        _("Voir vos copies, signaler une erreur"),
        _("Ce qui se corrige, ce qui se signale, les recours et leurs délais."),
        facts.complaints,
        ("score_sheet", "privacy"),
        by_exam=True,
    ),
    HelpPage(
        "fraud",
        "fraude",
        _("Suspicion de fraude : la procédure"),
        _("Pourquoi un résultat n’est pas communiqué, et ce qui se passe ensuite."),
        facts.fraud,
        ("privacy",),
        by_exam=True,
    ),
)
_AFTER = (
    HelpPage(
        "not_admitted",
        "non-admis",
        _("Pas encore admis : oraux et nouvelle inscription"),
        _("Les oraux de rattrapage, les dates d’inscription, les notes que vous gardez."),
        facts.not_admitted,
        ("absence", "complaints", "other_academies"),
        by_exam=True,
    ),
    HelpPage(
        "absence",
        "absence",
        _("Absence à une épreuve"),
        _("Qui prévenir, la force majeure, et ce que votre examen en fait."),
        facts.absence,
        ("not_admitted", "complaints"),
        by_exam=True,
    ),
)
_DIPLOMA = (
    HelpPage(
        "diploma",
        "diplome",
        _("Recevoir votre diplôme"),
        _("Où, quand, et avec quels papiers."),
        facts.diploma,
        ("lost_diploma", "score_sheet", "other_academies"),
    ),
    HelpPage(
        "lost_diploma",
        "diplome-perdu",
        _("Diplôme perdu"),
        _("Il n’est jamais réimprimé : une attestation le remplace."),
        facts.lost_diploma,
        ("diploma", "other_academies"),
    ),
    HelpPage(
        "other_academies",
        "autres-academies",
        _("Vous dépendez d’une autre académie"),
        _("À quel rectorat écrire, et pour quoi."),
        facts.other_academies,
        ("diploma", "lost_diploma", "not_admitted"),
    ),
)
_SITE = (
    HelpPage(
        "privacy",
        "donnees-personnelles",
        _("Vos données personnelles"),
        _("Ce que nous savons de vous, pourquoi, combien de temps, et vos droits."),
        facts.privacy,
        ("no_list", "legal"),
    ),
    HelpPage(
        "accessibility",
        "accessibilite",
        _("Accessibilité : non conforme"),
        _("Ce qui a été vérifié, ce qui ne l’a pas été, et vos recours."),
        facts.accessibility,
        ("legal",),
    ),
    HelpPage(
        "legal",
        "mentions-legales",
        _("Mentions légales"),
        _("Qui publie ce site."),
        facts.legal,
        ("privacy", "accessibility"),
    ),
)

GROUPS = (
    (_("Votre résultat"), _RESULT),
    (_("Si vous n’êtes pas encore admis"), _AFTER),
    (_("Votre diplôme"), _DIPLOMA),
    (_("Ce site"), _SITE),
)
PAGES = {page.name: page for _label, group in GROUPS for page in group}
