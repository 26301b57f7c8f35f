"""Check that the shares, the caps and the groups of a regulation agree with its tests."""

from results.regulations.toml_tables import TomlFile
from results.rules import ExamRules

_WHOLE = 100


def check(file: TomlFile, regulation: ExamRules) -> None:
    """Report each contradiction at its place in the file."""
    shares, caps = regulation.shares, regulation.caps
    known = {
        test.group
        for test in regulation.tests
        if test.group and not test.optional and not test.in_difference
    }
    for key, table in (("shares", shares), ("caps", caps)):
        for group in table:
            if group not in known:
                message = f"aucune épreuve obligatoire n’est du groupe « {group} »"
                file.report((key, group), message)
    if shares:
        _check_shares(file, regulation)
    if (shares or caps) and regulation.second_round is not None:
        message = (
            "aucun examen n’a un second tour avec des parts ou des plafonds de groupes : "
            "ôtez [second_round], ou [shares] et [caps]"
        )
        file.report(("second_round",), message)
    for rank, test in enumerate(regulation.tests):
        if (shares or caps) and test.in_difference:
            message = "un écart à 10 n’entre dans aucune part ni sous aucun plafond"
            file.report(("tests", rank, "counts"), message)
    _check_parts(file, regulation)


def _check_shares(file: TomlFile, regulation: ExamRules) -> None:
    shares = regulation.shares
    total = sum(shares.values())
    if min(shares.values()) > 0 and total != _WHOLE:
        file.report(("shares",), f"les parts font {total}, et non 100")
    for group in regulation.caps:
        if group not in shares:
            file.report(("caps", group), f"le groupe « {group} » n’a pas de part")
    for rank, test in enumerate(regulation.tests):
        if test.code and test.group not in shares:
            file.report(("tests", rank, "group"), f"« {test.code} » n’est d’aucun groupe à part")


def _check_parts(file: TomlFile, regulation: ExamRules) -> None:
    """Report parts with a group where the mark of their test is one number."""
    for rank, test in enumerate(regulation.tests):
        for number, part in enumerate(test.parts):
            place = ("tests", rank, "parts", number, "group")
            if part.group and (regulation.shares or regulation.caps):
                file.report(place, "avec des parts ou des plafonds, une épreuve a un seul groupe")
            elif part.group and test.rounding:
                file.report(place, "une épreuve arrondie a un seul groupe")
