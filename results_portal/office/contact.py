"""How to reach the office, from the settings."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Contact:
    """The office: name, postal address in lines, e-mail, telephone; "" for what is not set."""

    name: str
    address: tuple[str, ...]
    email: str
    telephone: str


def contact() -> Contact:
    """Return how to reach the office."""
    return Contact(
        name=settings.OFFICE_NAME,
        address=(*lines(settings.OFFICE_ADDRESS), settings.OFFICE_CITY),
        email=settings.OFFICE_EMAIL,
        telephone=settings.OFFICE_TELEPHONE,
    )


def lines(text: str) -> list[str]:
    """Return the lines of a setting written on one line with bars: "a|b" is ["a", "b"]."""
    return [line.strip() for line in text.split("|") if line.strip()]
