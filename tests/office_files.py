"""Files such as an office sends, and the commands that load them."""

import io
from dataclasses import dataclass, field

from django.core.management import call_command
from django.core.management.base import CommandError

ENTRY = {
    "numero": "2612345678",
    "ine": "",
    "nom": "DUPONT",
    "nom_usage": "",
    "prenoms": "Léa Marie",
    "date_naissance": "31/12/2004",
    "lieu_naissance": "Paris",
    "courriel": "lea@exemple.fr",
    "adresse1": "12 RUE DES LILAS",
    "adresse2": "",
    "adresse3": "",
    "code_postal": "75011",
    "ville": "PARIS",
    "pays": "",
    "specialite": "MINI",
    "statut": "SCOLAIRE",
    "etablissement": "0750655E",
    "academie": "01",
    "lieu_affichage": "Lycée des Exemples",
    "centre": "",
    "publication_web": "O",
    "suspendu": "",
    "forme": "",
    "unites": "",
    "matieres": "",
    "code_acces": "",
}
MARK = {
    "numero": "2612345678",
    "epreuve": "U1",
    "note": "12,5",
    "etat": "",
    "tour": "",
    "session_origine": "",
}


@dataclass
class Run:
    """What a command said: its report, its warnings and errors, whether it refused the file."""

    report: str
    errors: list[str] = field(default_factory=list)
    status: int = 0

    @property
    def refused(self):
        return self.status == 1


def run(command, path, *arguments):
    """Run an import of `path`; messages come with ordinary spaces and without the file's name."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    try:
        call_command(command, str(path), *arguments, stdout=out, stderr=err)
    except CommandError as refused:
        err.write(f"{refused}\n")
        status = refused.returncode
    said = plain(err.getvalue()).replace(f"{path}:", "").replace(str(path), "FICHIER")
    return Run(plain(out.getvalue()).strip(), said.splitlines(), status)


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def lines_of(model_row, rows):
    """The cells of a file: the header, then `model_row` changed by each of `rows`."""
    yield list(model_row)
    for row in rows:
        assert row.keys() <= model_row.keys()
        yield list((model_row | row).values())


def write_csv(path, model_row, *rows, encoding="utf-8", delimiter=";"):
    text = "".join(f"{delimiter.join(cells)}\r\n" for cells in lines_of(model_row, rows))
    path.write_bytes(text.encode(encoding))
    return path


def entries_loader(session, directory):
    """A function that imports rows, each told by what differs from `ENTRY`."""

    def load(*rows, arguments=(), **options):
        path = write_csv(directory / "inscriptions.csv", ENTRY, *rows, **options)
        return run("import_entries", path, "--session", session.code, *arguments)

    return load
