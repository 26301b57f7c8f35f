"""The trail of what was seen and run, and the history of accounts: rows that nobody changes."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from candidates.history import kept_in_history
from candidates.models.reference import Session


class Reading(models.Model):
    """A page about candidates that somebody of the staff was shown.

    `entries`: keys of those that were shown; none for a file of the whole `session`.
    `before_release`: one of them at least had a result that was not public yet.
    """

    append_only = True

    class What(models.TextChoices):
        """A page, in words. A new one needs no migration."""

        CANDIDATE = "candidate", _("fiche du candidat")
        ENTRY = "entry", _("fiche de l’inscription")
        CORRECTION = "correction", _("page de correction")
        PROPOSAL = "proposal", _("proposition de correction")
        JURY = "jury", _("page de décision du jury")
        MARK = "mark", _("note")
        DECISION = "decision", _("décision")
        RESULT = "result", _("résultat publié")
        REQUEST = "request", _("demande ou courriel")
        PROOF = "proof", _("pièce d’une demande")
        DIPLOMA = "diploma", _("diplôme")
        ATTESTATION = "attestation", _("attestation")
        PUPIL = "pupil", _("résultat d’un élève, par le chef d’établissement")
        LIST = "list", _("liste")
        EDITION = "edition", _("fichier téléchargé")
        JOURNAL = "journal", _("journal d’un candidat")
        JOURNAL_FILE = "journal_file", _("journal, exporté")

    at = models.DateTimeField(_("le"), db_default=Now())
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("compte")
    )
    what = models.CharField(_("page"), max_length=20)
    entries = ArrayField(models.BigIntegerField(), verbose_name=_("inscriptions"), default=list)
    session = models.ForeignKey(
        Session,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=_("session"),
    )
    before_release = models.BooleanField(_("avant l’heure"))

    class Meta:
        verbose_name = _("ligne du journal")
        verbose_name_plural = _("Journal")
        default_permissions = ()
        permissions = [
            ("read_trail", _("Peut lire le journal")),
            ("read_trail_of_accounts", _("Peut lire le journal des comptes")),
        ]
        indexes = [
            models.Index(fields=["at"]),
            models.Index(fields=["user", "at"]),
            GinIndex(fields=["entries"]),
        ]

    def __str__(self):
        return f"{self.user}, {self.words}"

    @property
    def words(self):
        return self.What(self.what).label if self.what in self.What else self.what


class CommandRun(models.Model):
    """A command of `manage.py` that was begun: its name and harmless arguments, and by whom."""

    append_only = True

    at = models.DateTimeField(_("le"), db_default=Now(), db_index=True)
    command = models.TextField(_("commande"))
    system_user = models.TextField(_("compte du système"))

    class Meta:
        verbose_name = _("commande")
        default_permissions = ()

    def __str__(self):
        return self.command


@kept_in_history(exclude=["password"], find_by="id", from_the_first=True, secrets=["password"])
class Account(User):
    """Django's account, for its history, which holds no password."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("compte")


@kept_in_history(from_the_first=True)
class Membership(User.groups.through):  # type: ignore[name-defined]
    """The place of an account in a group, for its history."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("groupe d’un compte")


@kept_in_history(exclude=["data", "last_used_at"], from_the_first=True)
class SecondFactor(Authenticator):
    """A second factor of an account, for its history, which holds no secret."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("second facteur")
