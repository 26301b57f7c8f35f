"""Form of an account: who it is, their groups, and the schools of the head of a school."""

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.admin.groups import SCHOOL_HEAD
from candidates.messages import outbox
from candidates.models import School, SchoolHead


class AccountForm(forms.ModelForm):
    """Form without a password, which the person chooses by a link.

    `schools`: UAIs, separated by spaces; the field gives `School` rows.
    """

    schools = forms.CharField(
        label=gettext_lazy("Établissements"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy(
            "Pour un chef d’établissement : les UAI, séparés par des espaces. Il lira les "
            "résultats publiés de leurs élèves."
        ),
    )

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "groups", "is_superuser"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.headed = set()
        if self.instance.pk:
            self.headed = set(self.instance.headed.values_list("school", flat=True))
        if "schools" in self.fields:
            self.fields["schools"].initial = " ".join(sorted(self.headed))
        if "email" in self.fields:
            self.fields["email"].required = self.instance.pk is None and outbox.has_server()

    def clean_schools(self):
        typed = set(self.cleaned_data["schools"].upper().replace(",", " ").split())
        found = list(School.objects.filter(pk__in=typed).order_by("pk"))
        if unknown := typed - {school.pk for school in found}:
            raise forms.ValidationError(
                _("UAI inconnu : %(uais)s.") % {"uais": ", ".join(sorted(unknown))}
            )
        return found

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        groups = cleaned.get("groups")
        heads = groups is not None and any(group.name == SCHOOL_HEAD for group in groups)
        if cleaned.get("schools") and groups is not None and not heads:
            self.add_error(
                "schools",
                _("Des établissements se rattachent au groupe « %(group)s » : choisissez-le aussi.")
                % {"group": SCHOOL_HEAD},
            )
        return cleaned

    def tie_schools(self, by):
        """Give the account the schools of the form, and take all others from it."""
        wanted = {school.pk for school in self.cleaned_data.get("schools", ())}
        self.instance.headed.exclude(school__in=wanted).delete()
        SchoolHead.objects.bulk_create(
            SchoolHead(user=self.instance, school_id=pk, tied_by=by)
            for pk in sorted(wanted - self.headed)
        )
