"""The entries of a session as a table, in the columns of the files that are imported."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidates.editions.kinds import EditionKind, Made, Order, TableForm
from candidates.models import Entry, Session
from results_portal.tabular.tables import Row, write_table

_FIELDS = {
    "numero": "number",
    "ine": "candidate__ine",
    "nom": "candidate__birth_name",
    "nom_usage": "candidate__usage_name",
    "prenoms": "candidate__given_names",
    "date_naissance": "candidate__birth_date",
    "lieu_naissance": "candidate__birth_place",
    "courriel": "candidate__email",
    "adresse1": "candidate__address1",
    "adresse2": "candidate__address2",
    "adresse3": "candidate__address3",
    "code_postal": "candidate__postcode",
    "ville": "candidate__city",
    "pays": "candidate__country",
    "specialite": "speciality__code",
    "statut": "status",
    "etablissement": "school_id",
    "academie": "academy_id",
    "lieu_affichage": "posting_place",
    "centre": "centre",
    "publication_web": "web_consent",
    "suspendu": "withheld",
    "forme": "form",
    "unites": "units",
    "matieres": "subjects",
}
_BIRTH_DATE = list(_FIELDS).index("date_naissance")
_BOOLEANS = {True: "O", False: "N"}


def rows(session: Session) -> Iterator[Row]:
    """Yield a row for each entry, by number: importing them would change nothing."""
    found = Entry.objects.of(session).order_by("number").values_list(*_FIELDS.values())
    for values in found.iterator(chunk_size=2000):
        cells = [_BOOLEANS[v] if isinstance(v, bool) else v or "" for v in values]
        cells[_BIRTH_DATE] = f"{cells[_BIRTH_DATE]:%d/%m/%Y}"
        yield cells


def _make(order: Order) -> Made:
    total, progress = Entry.objects.of(order.session).count(), order.progress(_("inscriptions"))
    count = write_table(
        order.folder / f"inscriptions{order.options['format']}",
        list(_FIELDS),
        rows(order.session),
        progress=lambda done: progress(done, total),
    )
    return Made([ngettext("%(n)d inscription.", "%(n)d inscriptions.", count) % {"n": count}])


ENTRIES = EditionKind(
    "entries",
    gettext_lazy("inscriptions"),
    gettext_lazy("Identité, adresse et inscription de chacun, sans code d’accès ni note."),
    "inscriptions",
    "candidates.import_entries",
    _make,
    TableForm,
)
