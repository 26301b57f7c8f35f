"""Import of a session from a TOML file."""

import difflib
import re
import tomllib
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from candidates.freeze import Change, changing
from candidates.locks import lock_session
from candidates.models import Entry, Session
from candidates.signals import entries_changed
from candidates.values import CODE
from results_portal.imports.staging import ImportOutcome, ImportRefused
from results_portal.tabular import ErrorLog

REQUIRED = {"code": str, "exam": str, "year": int, "label": str}
DATES = [
    "tests_from",
    "tests_until",
    "score_sheets_mailed_on",
    "register_again_from",
    "register_again_until",
    "control_choose_by",
    "control_tests_from",
    "control_tests_until",
    "diplomas_posted_from",
    "diplomas_at_school_from",
]
REPLACES = "replaces"  # the code of another session
_KINDS = REQUIRED | {REPLACES: str} | dict.fromkeys(DATES, date)
_FIXED_ONCE_ENTERED = ("exam", "year", REPLACES)
_TO_COME = Session(pk=-1)
_MAX_BYTES = 1024 * 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")


def import_session(path, *, log=None, confirmed=""):
    """Create or update the session described by the TOML file at `path`.

    Return the session and the outcome. Raise `ImportRefused`, and write nothing, when anything in
    the file is wrong. A date that the file leaves out stays as it is. `confirmed`: as in
    `import_entries`.
    """
    log = log or ErrorLog(path)
    values, lines = _read(path, log)
    if log.count:
        raise ImportRefused(log)
    with transaction.atomic():
        session = _locked(values["code"])
        is_new = session.pk is None
        if REPLACES in values:
            values[REPLACES] = _replaced(values, session, lines, log)
        changes = [name for name in values if getattr(session, name) != values[name]]
        for name in changes:
            setattr(session, name, values[name])
        _check(session, changes, lines, log)
        if is_new:
            session.save()
        elif changes:
            _update(session, changes, confirmed)
    return session, _outcome(is_new, changes, lines)


def _locked(code):
    """Lock and return the session of this code, or return a new one."""
    session = Session.objects.filter(code=code).first()
    if session is None:
        lock_session(_TO_COME)  # two runs would create it: the second waits and finds it
        session = Session.objects.filter(code=code).first()
    if session is None:
        return Session()
    lock_session(session)
    session.refresh_from_db()
    return session


def _replaced(values, session, lines, log):
    """Return the session that the file says is replaced; refuse one that is unknown."""
    code = values[REPLACES]
    if code == values["code"]:
        return session
    replaced = Session.objects.filter(code=code).first()
    if replaced is None:
        log.add(lines[REPLACES], REPLACES, code, _("session inconnue"))
        raise ImportRefused(log)
    return replaced


def _read(path, log):
    """Return the values of the file by name, and the line of each."""
    try:
        content = Path(path).read_bytes()
        if len(content) > _MAX_BYTES:
            raise ValueError(_("fichier trop gros pour une session"))
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        document = tomllib.loads(text)
    except OSError as problem:
        log.add(1, _("fichier"), "", _("fichier illisible (%s)") % problem.strerror)
        return {}, {}
    except ValueError as problem:
        place = _PLACE.search(str(problem))
        log.add(int(place[1]) if place else 1, _("fichier"), "", _syntax(problem))
        return {}, {}
    except RecursionError:
        log.add(1, _("fichier"), "", _("trop de crochets emboîtés"))
        return {}, {}
    lines = {name: _line_of(name, text) for name in document}
    for name, value in document.items():
        _check_value(name, value, lines[name], log)
    for name in REQUIRED.keys() - document.keys():
        log.add(1, name, "", _("cette clé manque"))
    return document, lines


def _syntax(problem):
    if isinstance(problem, tomllib.TOMLDecodeError):
        return _("ce n’est pas du TOML valide : %s") % _PLACE.sub("", str(problem))
    if isinstance(problem, UnicodeDecodeError):
        return _("texte UTF-8 attendu")
    return str(problem)


def _line_of(name, text):
    match = re.search(rf"^[ \t]*[\"']?{re.escape(name)}[\"']?[ \t]*[=.]", text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def _check_value(name, value, line, log):
    kind = _KINDS.get(name)
    if kind is None:
        near = difflib.get_close_matches(name, _KINDS, n=1)
        message = (
            _("clé inconnue ; vouliez-vous dire « %s » ?") % near[0] if near else _("clé inconnue")
        )
        log.add(line, name, "", message)
    elif type(value) is not kind:
        expected = {str: _("un texte"), int: _("un nombre"), date: _("une date AAAA-MM-JJ")}[kind]
        log.add(line, name, str(value), _("attendu : %s") % expected)
    elif kind is str and _CONTROL.search(str(value)):
        log.add(line, name, "", _("un caractère qui ne s’imprime pas"))
    elif name == "code" and not CODE.fullmatch(str(value)):
        log.add(line, name, value, _("lettres capitales, chiffres et tirets seulement"))


def _check(session, changes, lines, log):
    """Log the validation errors of the model, each on the line of its key."""
    try:
        session.full_clean()
    except ValidationError as refused:
        for name, messages in refused.message_dict.items():
            for message in messages:
                line = lines.get(name) or max(lines.values())
                log.add(line, name if name in lines else _("fichier"), "", message)
    if session.pk and Entry.objects.filter(session=session).exists():
        for name in set(changes) & set(_FIXED_ONCE_ENTERED):
            value = getattr(session, name)
            value = value.code if isinstance(value, Session) else str(value)
            log.add(lines[name], name, value, _("ne change plus : la session a des inscriptions"))
    if log.count:
        raise ImportRefused(log)


def _update(session, changes, confirmed):
    """Write the changes, and update what a scheduled release will show."""
    with changing(Change.REFRESH):
        session.save(update_fields=changes)
        entry_ids = list(Entry.objects.of(session).order_by("pk").values_list("pk", flat=True))
        if entry_ids:
            entries_changed.send(sender=Session, entry_ids=entry_ids, confirmed=confirmed)


def _outcome(is_new, changes, lines):
    if is_new:
        return ImportOutcome(created=1, created_lines=[1])
    if changes:
        where = [f"{lines[name]} ({name})" for name in changes]
        return ImportOutcome(changed=1, changed_lines=where)
    return ImportOutcome(unchanged=1)
