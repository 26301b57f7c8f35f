"""The first page of the office and that of its tables, on a desk and on a phone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from candidates.models import Message
from tests import factories

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_the_first_page_leads_to_what_waits_and_to_the_tables(transactional_db, arrive):
    session = factories.cast()["admitted"].session
    session.label = "Baccalauréats général et technologique, session de remplacement"
    session.save()
    Message.objects.create(
        key="forgotten",
        to="lea@exemple.fr",
        subject="Objet",
        text="Texte",
        created_at=timezone.now() - timedelta(hours=2),
        not_before=timezone.now() - timedelta(hours=2),
    )
    for scripts in (True, False):
        visit = arrive(scripts=scripts)
        visit.sign_in("manager")
        visit.go("/gestion/")
        assert "Aucun programme n’envoie les courriels" in visit.words
        if scripts:
            visit.examine("staff, home")
        visit.follow("Courriels pas encore partis")
        assert "1 message" in visit.words
        visit.follow("Tables")
        if scripts:
            visit.examine("staff, tables")
        visit.follow("Établissements")
        assert visit.path == "/gestion/candidates/school/"
