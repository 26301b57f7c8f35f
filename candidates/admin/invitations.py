"""Links by which an account's person chooses a password: an invitation, or a reset.

A link serves once, for `PASSWORD_RESET_TIMEOUT` (three days), and the next one ends it. It names
nobody. Opening it changes nothing: a mail filter may; the form that it leads to is posted.
"""

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN as _TOKEN
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.admin import notices
from candidates.messages import outbox


def invite(user, *, request):
    """End the present password of `user`, their sessions and former links; give a new link.

    It goes by e-mail and None is returned; or, without a mail server or an address, it is returned
    for the administrator to pass on. The caller has a transaction.
    """
    user.set_unusable_password()
    user.save(update_fields=["password"])
    path = _path(user)
    if not (outbox.has_server() and user.email):
        return request.build_absolute_uri(path)
    notices.send_link(user, path)
    return None


def _path(user):
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return reverse("invitation", kwargs={"uidb64": uid, "token": token})


class InvitationView(PasswordResetConfirmView):
    """Page of a link: a new password. Used, too old, ended or wrong, all links have one page."""

    template_name = "admin/invitation.html"
    title = gettext_lazy("Choisir votre mot de passe")
    reset_url_token = "choisir"  # noqa: S105  a part of the address, not a password

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user and user.is_active else None

    @transaction.atomic
    def form_valid(self, form):
        """Set the password, unless the link has served meanwhile."""
        present = User.objects.select_for_update().get(pk=form.user.pk)
        if not self.token_generator.check_token(present, self.request.session[_TOKEN]):
            return redirect(self.request.path)
        super().form_valid(form)
        messages.success(self.request, _("Votre mot de passe est enregistré. Connectez-vous."))
        return redirect("account_login")

    def get_success_url(self):
        return reverse("account_login")

    def get_context_data(self, **kwargs):
        around = admin.site.each_context(self.request) | {"is_nav_sidebar_enabled": False}
        context = around | super().get_context_data(**kwargs)
        if not context["validlink"]:
            context["title"] = _("Ce lien ne sert plus")
        return context
