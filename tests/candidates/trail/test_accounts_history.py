"""What happens to an account is kept, from its first day on, and none of its secrets."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User

from candidates.admin.groups import OPERATOR
from candidates.history import CREATED
from candidates.models import Account, Membership, SecondFactor

pytestmark = pytest.mark.django_db


def labels(model):
    return [row.pgh_label for row in model.pgh_event_model.objects.order_by("pgh_id")]


def test_an_account_its_password_its_groups_and_its_second_factor_leave_their_history():
    user = User.objects.create_user("lea", password="a first long password")
    user.set_password("another long password")
    user.save()
    user.groups.add(Group.objects.get(name=OPERATOR))
    user.groups.clear()
    User.objects.filter(pk=user.pk).update(is_active=False)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "s"})
    Authenticator.objects.all().delete()
    assert labels(Account) == [CREATED, "new_password", "before_update"]
    assert labels(Membership) == [CREATED, "before_delete"]
    assert labels(SecondFactor) == [CREATED, "before_delete"]
    kept = {
        field.name
        for model in (Account, Membership, SecondFactor)
        for field in model.pgh_event_model._meta.fields
    }
    assert not kept & {"password", "data"}
