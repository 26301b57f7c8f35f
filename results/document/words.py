"""Official words for an exam and for a jury's decision, the same on screen and on paper."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from results.document.contents import PlainDocument

_Words = str | Promise


@dataclass(frozen=True)
class ExamWords:
    """Name of an exam and words of its second round."""

    name: _Words
    second_round: _Words
    allowed: _Words
    admitted_after: _Words
    refused_after: _Words
    column: _Words


def _control(name: _Words) -> ExamWords:
    return ExamWords(
        name=name,
        second_round=_("épreuves de contrôle"),
        allowed=_("Autorisé à se présenter aux épreuves de contrôle"),
        admitted_after=_("Admis à l’issue des épreuves de contrôle"),
        refused_after=_("Ajourné à l’issue des épreuves de contrôle"),
        column=_("Note de contrôle"),
    )


def _second_group(name: _Words) -> ExamWords:
    return ExamWords(
        name=name,
        second_round=_("épreuves du second groupe"),
        allowed=_("Autorisé à se présenter aux épreuves du second groupe"),
        admitted_after=_("Admis à l’issue des épreuves du second groupe"),
        refused_after=_("Ajourné à l’issue des épreuves du second groupe"),
        column=_("Note du second groupe"),
    )


def _one_oral(name: _Words) -> ExamWords:
    return ExamWords(
        name=name,
        second_round=_("épreuve de contrôle"),
        allowed=_("Autorisé à se présenter à l’épreuve de contrôle"),
        admitted_after=_("Admis à l’issue de l’épreuve de contrôle"),
        refused_after=_("Ajourné à l’issue de l’épreuve de contrôle"),
        column=_("Note de contrôle"),
    )


_EXAMS = {
    "BAC": _second_group(_("Baccalauréat")),
    "BAC PRO": _one_oral(_("Baccalauréat professionnel")),
    "BP": _control(_("Brevet professionnel")),
    "BTS": _control(_("Brevet de technicien supérieur")),
    "BTSA": _control(_("Brevet de technicien supérieur agricole")),
    "CAP": _control(_("Certificat d’aptitude professionnelle")),
    "DNB": _control(_("Diplôme national du brevet")),
}


def exam_words(exam: str) -> ExamWords:
    """Return the words of an exam; one that is not named here goes by its own code."""
    return _EXAMS.get(exam.upper().replace("_", " ").replace("-", " ")) or _control(exam)


_GROUPS: dict[str, _Words] = {
    "continuous": _("Contrôle continu"),
    "terminal": _("Épreuves finales"),
    "general": _("Épreuves générales"),
    "professional": _("Épreuves professionnelles"),
}


def group_words(group: str) -> str:
    """Return the name of a group of tests; one that is not named here goes by its own code."""
    return str(_GROUPS.get(group, group))


def decision_words(document: PlainDocument) -> str:
    """Return the jury's decision on a document, in official words.

    BTS: code de l'éducation, art. D. 643-22 and D. 643-24; no final decision: D. 334-8. Raises
    `ValueError` for a withheld document, which carries no decision.
    """
    words = exam_words(document["session"]["exam"])
    second = document["round"] == 2
    match document["verdict"]:
        case "ADMITTED" if second:
            return str(words.admitted_after)
        case "ADMITTED" if mention := document.get("mention"):
            return _("Admis, mention %(mention)s") % {"mention": mention}
        case "ADMITTED":
            return str(_("Admis"))
        case "CONTROL":
            return str(words.allowed)
        case "REFUSED":
            return str(words.refused_after if second else _("Ajourné"))
        case "NOT_FINAL":
            return str(_("Sans décision finale"))
        case "DEFERRED":
            return str(_("Décision reportée à la session de remplacement"))
        case "ELIMINATED":
            return str(_elimination(document["reasons"]))
    raise ValueError(f"no decision to name: {document['verdict']}")


def _elimination(reasons: list[str]) -> _Words:
    if any(reason.startswith("ABSENT:") for reason in reasons):
        return _("Diplôme non délivré : absence à une épreuve obligatoire")
    return _("Ajourné : note éliminatoire")
