"""Write the files of an office, as it would export them, for each session of the demo."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

from django.utils import timezone

from results import rules
from results.demo import entries as entry_rows
from results.demo import marks as mark_rows
from results.demo import replacement
from results.demo.cast import CAST
from results.demo.cast.situations import Situation
from results.demo.examiners import Examiners, luck_table
from results.demo.population import schools as school_rows
from results.demo.population.draws import pick, seeded, table
from results.demo.programmes import programmes
from results.demo.sessions import SESSIONS, DemoSession

CHUNK = 2000  # entries kept in memory before they are written

Progress = Callable[[int, int], None]  # (done, total)
Marks = list[mark_rows.DemoMark]
Candidate = tuple[entry_rows.DemoEntry, Marks, Marks]  # with marks of both rounds


@dataclass(frozen=True)
class CastMember:
    """A named situation and its candidate number."""

    situation: Situation
    number: str


@dataclass(frozen=True)
class SessionFiles:
    session: DemoSession
    toml: Path
    entries: Path | None  # none: those that are deferred in another session
    marks: Path
    second_round_marks: Path | None


@dataclass(frozen=True)
class DemoFiles:
    """The files written, in the order of their import."""

    regulations: tuple[Path, ...]
    schools: Path
    sessions: tuple[SessionFiles, ...]
    cast: tuple[CastMember, ...]


def write_files(
    directory: str | Path,
    *,
    entries: int,
    seed: int | str,
    sessions: Sequence[DemoSession] = SESSIONS,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> DemoFiles:
    """Write the files of `entries` invented candidates, the cast included, into `directory`.

    The same number of entries, seed and `sessions` give the same bytes, but for the dates of the
    sessions, which follow `now` (default: this moment). The whole cast of the sessions is written,
    even if fewer entries are requested. Memory stays bounded. `progress(done, total)` is called on
    the way.
    """
    now = now or timezone.now()
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    counts = shares(entries, sessions)
    total = sum(counts.values())
    registrar = entry_rows.Registrar(seeded(f"registrar {seed}"), entry_rows.schools_count(total))
    schools = directory / "etablissements.csv"
    with _open(schools, school_rows.HEADER) as file:
        file.writelines(";".join(school) + "\n" for school in registrar.schools.schools)
    luck = luck_table(seeded(f"luck {seed}"))
    written: list[SessionFiles] = []
    cast: list[CastMember] = []
    regulations: dict[Path, None] = {}  # in order, each once
    clerks: dict[str, Clerk] = {}
    for place, (session, count) in enumerate(counts.items()):
        rng = seeded(f"{session.code} {seed}")
        registrar.open_session(place, rng)
        clerk = clerks[session.code] = Clerk(session, registrar, rng, luck)
        if session.replaces:
            written.append(clerk.write_again(directory, clerks[session.replaces], now))
        else:
            written.append(clerk.write(directory, count, now, progress))
        cast += clerk.cast
        regulations |= dict.fromkeys(clerk.write_regulations(directory))
    return DemoFiles(tuple(regulations), schools, tuple(written), tuple(cast))


def shares(total: int, sessions: Sequence[DemoSession] = SESSIONS) -> dict[DemoSession, int]:
    """Return the number of entries of each session: its share, and at least its cast.

    None of a session that replaces another: its entries are of both.
    """
    cast = {session: 0 if session.replaces else len(_cast_of(session)) for session in sessions}
    total = max(total, sum(cast.values()))
    left = total - sum(cast.values())
    counts = {session: cast[session] + int(left * session.share / 100) for session in sessions}
    largest = max(counts, key=counts.__getitem__)
    counts[largest] += total - sum(counts.values())
    return counts


def _cast_of(session: DemoSession) -> list[Situation]:
    return [situation for situation in CAST if situation.session == session.code]


class Clerk:
    """Writes the files of one session."""

    def __init__(
        self,
        session: DemoSession,
        registrar: entry_rows.Registrar,
        rng: random.Random,
        luck: Sequence[float],
    ) -> None:
        self.session, self.registrar, self.rng = session, registrar, rng
        self.programmes = programmes(session)
        self.examiners = {
            family: Examiners(rng, programme.regulation, session.year, luck)
            for family, programme in self.programmes.items()
        }
        self.cast: list[CastMember] = []
        self.deferred: list[tuple[entry_rows.DemoEntry, Marks]] = []

    def write_regulations(self, directory: Path) -> Iterator[Path]:
        """Write the regulations of the session, and yield their files."""
        for programme in self.programmes.values():
            path = directory / f"reglement-{programme.regulation.code.lower()}.toml"
            path.write_text(programme.text, encoding="utf-8", newline="\n")
            yield path

    def write(
        self, directory: Path, count: int, now: datetime, progress: Progress | None
    ) -> SessionFiles:
        """Write the files, with `count` entries."""
        entries = directory / f"{self.session.code.lower()}-inscriptions.csv"
        files = self._files(directory, now, entries)
        outputs = [_open(entries, entry_rows.HEADER), _open(files.marks, mark_rows.HEADER)]
        if files.second_round_marks:
            outputs.append(_open(files.second_round_marks, mark_rows.HEADER))
        try:
            self._write_rows(outputs, count, progress)
        finally:
            for output in outputs:
                output.close()
        return files

    def write_again(self, directory: Path, july: "Clerk", now: datetime) -> SessionFiles:
        """Write the marks of those who were deferred in July; they have entered already."""
        played = {situation.known_as: situation for situation in _cast_of(self.session)}
        cast = {
            member.number: played[member.situation.key]
            for member in july.cast
            if member.situation.key in played
        }
        self.cast += [CastMember(situation, number) for number, situation in cast.items()]
        examiners = {e.regulation.code: e for e in self.examiners.values()}
        files = self._files(directory, now, None)
        lines: tuple[list[str], list[str]] = ([], [])
        for entry, first, second in replacement.sit_again(july.deferred, examiners, cast):
            lines[0].extend(mark_rows.rows(entry.number, first))
            lines[1].extend(mark_rows.rows(entry.number, second, round=2))
        for path, rows in zip((files.marks, files.second_round_marks), lines, strict=True):
            if path:
                with _open(path, mark_rows.HEADER) as output:
                    output.writelines(rows)
        return files

    def _files(self, directory: Path, now: datetime, entries: Path | None) -> SessionFiles:
        """Return the files of the session, of which that of its calendar is written."""
        stem = self.session.code.lower()
        files = SessionFiles(
            self.session,
            directory / f"{stem}-session.toml",
            entries,
            directory / f"{stem}-notes.csv",
            directory / f"{stem}-notes-tour-2.csv" if self.session.second_opening else None,
        )
        files.toml.write_text(self.session.toml(now), encoding="utf-8", newline="\n")
        return files

    def _write_rows(self, outputs: Sequence[TextIO], count: int, progress: Progress | None) -> None:
        pending: list[list[str]] = [[] for _ in outputs]
        for done, (entry, first, second) in enumerate(self._candidates(count), start=1):
            pending[0].append(entry.row())
            pending[1] += mark_rows.rows(entry.number, first)
            if second:
                pending[2] += mark_rows.rows(entry.number, second, round=2)
            if done % CHUNK == 0 or done == count:
                for output, lines in zip(outputs, pending, strict=True):
                    output.writelines(lines)
                    lines.clear()
                if progress:
                    progress(done, count)

    def _candidates(self, count: int) -> Iterator[Candidate]:
        """Yield the cast, then as many more as make `count`."""
        for situation in _cast_of(self.session):
            yield self._situation(situation)
        families = table(self.session.specialities)
        birthdays = entry_rows.birthdays_of(self.session)
        for _ in range(count - len(self.cast)):
            yield self._anyone(pick(self.rng, families), birthdays)

    def _situation(self, situation: Situation) -> Candidate:
        regulation = self.programmes[situation.speciality].regulation
        entry = self.registrar.situation(situation, self.session.exam, regulation.code)
        self.cast.append(CastMember(situation, entry.number))
        first = mark_rows.of_situation(situation, regulation)
        second = mark_rows.second_round_of_situation(situation, first, regulation)
        self._note_deferred(entry, regulation, first)
        return entry, first, second

    def _anyone(self, family: str, birthdays: Mapping[str, Sequence[date]]) -> Candidate:
        examiners = self.examiners[family]
        code = examiners.regulation.code
        entry = self.registrar.anyone(self.session, family, code, birthdays)
        ability = examiners.ability(entry.status)
        units, subjects, first = examiners.sitting(entry.status, entry.form, ability)
        entry = entry._replace(units=units, subjects=subjects)
        second: Marks = []
        regulation = examiners.regulation
        if self.session.second_opening and replacement.is_called(entry, regulation, first):
            second = examiners.second_round(first, ability)
        self._note_deferred(entry, regulation, first)
        return entry, first, second

    def _note_deferred(
        self, entry: entry_rows.DemoEntry, regulation: rules.ExamRules, first: Marks
    ) -> None:
        if replacement.is_deferred(entry, regulation, first):
            self.deferred.append((entry, first))


def _open(path: Path, header: str) -> TextIO:
    file = path.open("w", encoding="utf-8", newline="")
    file.write(header + "\n")
    return file
