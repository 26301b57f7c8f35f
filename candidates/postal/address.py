"""An address and e-mail as a value: on file, typed, confirmed, printed on a receipt."""

from dataclasses import asdict, dataclass, fields, replace

from candidates.postal.countries import FRANCE
from candidates.postal.envelope import postal_address, postal_lines


@dataclass(frozen=True, kw_only=True)
class Address:
    """The fields of `Candidate` that say where to write, under the same names."""

    address1: str = ""
    address2: str = ""
    address3: str = ""
    postcode: str = ""
    city: str = ""
    country: str = FRANCE
    email: str = ""

    @classmethod
    def of(cls, candidate):
        return cls(**{field.name: getattr(candidate, field.name) for field in fields(cls)})

    @property
    def lines(self):
        """The lines below the name; none when no address is known."""
        return postal_lines(self)

    @property
    def same_place(self):
        """The address without its e-mail, to compare places."""
        return replace(self, email="")

    def envelope(self, candidate):
        """The lines of an envelope to `candidate`, as they are printed."""
        return postal_address(
            family_name=candidate.usage_name or candidate.birth_name,
            given_names=candidate.given_names,
            lines=self.lines,
        )

    def as_dict(self):
        return asdict(self)


FIELDS = tuple(field.name for field in fields(Address))
