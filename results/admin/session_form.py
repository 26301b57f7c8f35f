"""The form of a session, which tells a code that contradicts its exam or its year."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from candidates.models import Session

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
FIRST_YEAR, LAST_YEAR = 1950, 2100


class SessionForm(forms.ModelForm):
    class Meta:
        model = Session
        fields = ["exam", "year", "code", "label"]  # the admin gives all
        help_texts = {
            "code": _(
                "Comme BTS-2026. Les fichiers et les codes d’accès le portent : il ne change plus "
                "dès qu’un candidat est inscrit."
            )
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        code, year = data.get("code"), data.get("year")
        if year and not FIRST_YEAR <= year <= LAST_YEAR:
            self.add_error("year", _("Une année de 1950 à 2100."))
        elif code and year and (told := _YEAR.search(code)) and int(told[0]) != year:
            wrong = _("Ce code est celui d’une session de %(told)s, et l’année est %(year)s.")
            self.add_error("code", wrong % {"told": told[0], "year": year})
        return data
