from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from results.regulations import shipped
from results.regulations.files import RegulationFileError, parse_regulation


class Command(BaseCommand):
    help = "Load or update specialities and their tests from regulation files (TOML)."

    def add_arguments(self, parser):
        parser.add_argument("files", metavar="FILE", nargs="+", help="TOML")

    def handle(self, *args, **options):
        regulations = self._parse(options["files"])
        with transaction.atomic():
            changed = [self._store(name, rule) for name, rule in regulations]
        if options["verbosity"]:
            for (_name, rule), differs in zip(regulations, changed, strict=True):
                done = _("enregistré") if differs else _("sans changement")
                self.stdout.write(f"{rule.code} : {done}.")
                if not rule.checked:
                    warning = _("%s : règlement à vérifier avant de publier.") % rule.code
                    self.stderr.write(warning, self.style.WARNING)

    def _parse(self, names):
        regulations, errors = [], []
        for name in names:
            try:
                text = Path(name).read_text(encoding="utf-8-sig")
                regulations.append((name, parse_regulation(text, name=name)))
            except OSError as problem:
                reason = _("fichier illisible (%s)") % problem.strerror
                errors.append(f"{name}:1: {_('fichier')}: {reason}")
            except UnicodeDecodeError:
                errors.append(f"{name}:1: {_('fichier')}: {_('texte UTF-8 attendu')}")
            except RegulationFileError as refused:
                errors.append(str(refused))
        if errors:
            raise CommandError("\n".join(errors))
        return regulations

    def _store(self, name, rule):
        try:
            return shipped.store(rule)
        except shipped.RegulationRefused as refused:
            raise CommandError(f"{name}:1: {rule.code}: {refused}") from None
