"""Rows of the entries file: identity, school and address of invented candidates."""

import random
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from candidates.names.sorting import search_key
from results import rules
from results.demo.cast.situations import ABROAD, Situation
from results.demo.examiners import HABITS, PROGRESSIVE
from results.demo.population.addresses import Addresses, DemoAddress
from results.demo.population.draws import pick, table
from results.demo.population.people import Person, Population, birth_dates
from results.demo.population.schools import ACADEMIES, SchoolMap
from results.demo.sessions import DemoSession

HEADER = (
    "numero;ine;nom;nom_usage;prenoms;date_naissance;lieu_naissance;courriel;adresse1;adresse2;"
    "adresse3;code_postal;ville;pays;specialite;statut;etablissement;academie;lieu_affichage;"
    "publication_web;suspendu;forme;unites;matieres;centre;code_acces"
)
STATUSES = {  # by exam, or by speciality where it has its own
    "BTS": {
        "SCOLAIRE": 62,
        "APPRENTI": 22,
        "FORMATION_CONTINUE": 4,
        "INDIVIDUEL": 7,
        "DISTANCE": 5,
    },
    "BAC": {"SCOLAIRE": 95, "INDIVIDUEL": 3, "DISTANCE": 2},
    "BAC PRO": {"SCOLAIRE": 70, "APPRENTI": 25, "INDIVIDUEL": 3, "FORMATION_CONTINUE": 2},
    "DNB": {"SCOLAIRE": 1},
    "DNB-IND": {"INDIVIDUEL": 90, "FORMATION_CONTINUE": 10},
    "CAP": {"SCOLAIRE": 45, "APPRENTI": 40, "INDIVIDUEL": 10, "FORMATION_CONTINUE": 5},
    "BP": {"APPRENTI": 85, "FORMATION_CONTINUE": 15},
    "DSCG": {"SCOLAIRE": 20, "APPRENTI": 25, "FORMATION_CONTINUE": 10, "INDIVIDUEL": 45},
}
YOUNG = ("SCOLAIRE", "APPRENTI")
OLDEST, YEARS_AFTER_SCHOOL = 1975, 2
SECTORS = {
    "SCOLAIRE": {"PUBLIC": 68, "PRIVE_SOUS_CONTRAT": 24, "PRIVE_HORS_CONTRAT": 8},
    "APPRENTI": {"CFA": 80, "PUBLIC": 15, "PRIVE_SOUS_CONTRAT": 5},
    "FORMATION_CONTINUE": {"PUBLIC": 60, "": 40},
    "INDIVIDUEL": {"": 1},
    "DISTANCE": {"DISTANCE": 60, "": 40},
}
CONSENTS = {"O": 63, "N": 17, "": 20}
WITHHELD, LIVES_ABROAD = 0.003, 0.004
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
IDENTITIES = 10**9  # numbers and INEs are opaque, but never given twice: n ↦ n × odd + offset
LARGEST_SESSION = 10**8
NUMBER_STEP, INE_STEP = 368_787_643, 648_271_693


class DemoEntry(NamedTuple):
    """An entry, as its row of the file and its marks need it."""

    number: str
    ine: str
    person: Person
    home: DemoAddress
    speciality: str
    status: str
    school: str
    academy: str
    posting_place: str
    consent: str
    withheld: bool
    form: str
    units: tuple[str, ...]
    subjects: dict[str, str]

    @property
    def centre(self) -> str:
        """Where the written tests are sat: at school, or where the lists are posted."""
        return self.school or self.posting_place

    def enrolment(self) -> rules.Enrolment:
        """Return what the candidate has entered, as the rules read it."""
        return rules.Enrolment(frozenset(self.units), frozenset(self.subjects), self.status)

    def row(self) -> str:
        person = self.person
        subjects = "|".join(f"{code}={name}" for code, name in self.subjects.items())
        return (
            f"{self.number};{self.ine};{person.birth_name};{person.usage_name};"
            f"{person.given_names};{person.birth_date:%d/%m/%Y};{person.birth_place};"
            f"{person.email};{';'.join(self.home)};{self.speciality};{self.status};{self.school};"
            f"{self.academy};{self.posting_place};{self.consent};{'O' if self.withheld else ''};"
            f"{self.form};{' '.join(self.units)};{subjects};{self.centre};\n"
        )


class Registrar:
    """Registers the cast, then as many more candidates as requested."""

    def __init__(self, rng: random.Random, schools_count: int) -> None:
        self._number_offset, self._ine_offset = (rng.randrange(IDENTITIES) for _ in range(2))
        self.rng = rng
        self.population = Population(rng)
        self.addresses = Addresses(rng)
        self.schools = SchoolMap(rng, self.addresses, schools_count)
        self._academies, self._consents = table(ACADEMIES), table(CONSENTS)
        self._sectors = {status: table(weights) for status, weights in SECTORS.items()}
        self._statuses = {exam: table(weights) for exam, weights in STATUSES.items()}
        self._first_rank = self._registered = 0
        self._known: dict[str, tuple[Person, str, DemoAddress]] = {}

    def open_session(self, place: int, rng: random.Random) -> None:
        """Register for the session at this place among all; `rng` draws from now on.

        Candidate numbers of a session do not depend on the size of the others.
        """
        self.rng = self.population.rng = self.addresses.rng = rng
        self._first_rank, self._registered = place * LARGEST_SESSION, 0

    def situation(self, situation: Situation, exam: str, speciality: str) -> DemoEntry:
        """Return the entry of a member of the cast, in the exam and speciality of these codes."""
        number, ine = self._next_identity("SCOLAIRE")
        person, ine, home = self._known.setdefault(
            situation.known_as or situation.key, self._identity_of(situation, ine)
        )
        at_school = self.schools.of(situation.academy, situation.sector, exam)
        return DemoEntry(
            number,
            ine,
            person,
            home,
            speciality,
            situation.status,
            at_school[0].uai if at_school else "",
            situation.academy,
            self.schools.posting_place(situation.academy, 0),
            situation.consent,
            situation.withheld,
            situation.form,
            situation.units,
            situation.subjects,
        )

    def anyone(
        self,
        session: DemoSession,
        family: str,
        speciality: str,
        birthdays: Mapping[str, Sequence[date]],
    ) -> DemoEntry:
        """Return the entry of an invented candidate, with neither units nor subjects yet.

        `family`: `speciality` without its year. `birthdays` by status, from `birthdays_of`.
        """
        rng = self.rng
        statuses = self._statuses.get(family) or self._statuses[session.exam]
        status = pick(rng, statuses)
        progressive = session.exam in PROGRESSIVE and rng.random() < HABITS[status].progressive
        academy = pick(rng, self._academies)
        number, ine = self._next_identity(status)
        at_school = self.schools.of(academy, pick(rng, self._sectors[status]), session.exam)
        home = self.addresses
        return DemoEntry(
            number,
            ine,
            self.population.person(pick(rng, birthdays[status]), self._registered),
            home.home_abroad() if rng.random() < LIVES_ABROAD else home.home(academy),
            speciality,
            status,
            pick(rng, at_school).uai if at_school else "",
            academy,
            self.schools.posting_place(academy, int(rng.random() * 100)),
            pick(rng, self._consents),
            rng.random() < WITHHELD,
            "P" if progressive else "G",
            (),
            {},
        )

    def _identity_of(self, situation: Situation, ine: str) -> tuple[Person, str, DemoAddress]:
        birth_name, usage_name, given_names = situation.name
        slug = search_key(f"{given_names.split()[0]}.{birth_name}").lower().replace(" ", ".")
        person = Person(
            birth_name,
            usage_name,
            given_names,
            situation.born,
            situation.born_at,
            f"{slug}@example.org",
        )
        abroad = situation.home == ABROAD
        home = self.addresses.home_abroad() if abroad else self.addresses.home(situation.academy)
        return person, ine, home

    def _next_identity(self, status: str) -> tuple[str, str]:
        """Return a candidate number, and an INE of one of its three formats, or none."""
        rng, rank = self.rng, self._first_rank + self._registered
        self._registered += 1
        number = (rank * NUMBER_STEP + self._number_offset) % IDENTITIES
        digits = f"{(rank * INE_STEP + self._ine_offset) % IDENTITIES:09d}"
        letter, shape = pick(rng, LETTERS), rng.random()
        if status == "APPRENTI" and shape < 0.3:
            ine = f"{digits[:4]}A{digits[4:]}{letter}"
        elif status in YOUNG or shape < 0.4:
            ine = f"{digits}{letter}{pick(rng, LETTERS)}"
        else:
            ine = f"{digits}{rank % 10}{letter}" if shape < 0.75 else ""
        return str(IDENTITIES + number), ine


def birthdays_of(session: DemoSession) -> dict[str, tuple[date, ...]]:
    """Return possible birth dates by status: pupils are young, the others have left school."""
    first, last = session.birth_years
    young, older = birth_dates(first, last), birth_dates(OLDEST, last - YEARS_AFTER_SCHOOL)
    return {status: young if status in YOUNG else older for status in HABITS}


def schools_count(entries: int) -> int:
    """Return the number of schools, beyond one of each kind, for so many entries."""
    return min(1200, 40 + entries // 60)
