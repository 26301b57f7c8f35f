"""An address and e-mail as a value: on file, typed, confirmed, printed on a receipt."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Protocol, Self

from candidates.postal.countries import FRANCE
from candidates.postal.envelope import HasAddress, postal_address, postal_lines


class HasNames(Protocol):
    """The names of a candidate."""

    @property
    def birth_name(self) -> str: ...
    @property
    def usage_name(self) -> str: ...
    @property
    def given_names(self) -> str: ...


class HasAddressAndEmail(HasAddress, Protocol):
    """The address and e-mail of a candidate."""

    @property
    def email(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Address:
    """The address fields and e-mail of `Candidate`, under the same names."""

    address1: str = ""
    address2: str = ""
    address3: str = ""
    postcode: str = ""
    city: str = ""
    country: str = FRANCE
    email: str = ""

    @classmethod
    def of(cls, candidate: HasAddressAndEmail) -> Self:
        """Return the address of a candidate, or of another row with the same fields."""
        return cls(**{field.name: getattr(candidate, field.name) for field in fields(cls)})

    @property
    def lines(self) -> list[str]:
        """The lines below the name; none when no address is known."""
        return postal_lines(self)

    @property
    def same_place(self) -> Self:
        """The address without its e-mail, to compare places."""
        return replace(self, email="")

    def envelope(self, candidate: HasNames) -> list[str]:
        """Return the lines of an envelope to `candidate`, as printed."""
        return postal_address(
            family_name=candidate.usage_name or candidate.birth_name,
            given_names=candidate.given_names,
            lines=self.lines,
        )

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


FIELDS = tuple(field.name for field in fields(Address))
