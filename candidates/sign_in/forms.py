"""Forms of sign-in and of one's own account: django-allauth's, with our throttle and words."""

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from django.utils.translation import gettext_lazy as _

from candidates.sign_in import guesses


class SignInForm(account.LoginForm):
    """Form of name and password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word(self, login=_("Nom d’utilisateur"), password=_("Mot de passe"))
        self.fields["login"].widget.attrs["autofocus"] = True


class PasswordAgainForm(account.ReauthenticateForm):
    """Form of the password of who is signed in."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word(self, password=_("Mot de passe"))
        self.fields["password"].widget.attrs["autofocus"] = True


class NewPasswordForm(account.SetPasswordForm):
    """Form of a new password, typed twice."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word(self, password1=_("Nouveau mot de passe"), password2=_("Le même, une seconde fois"))

    def clean(self):
        first, second = (self.cleaned_data.get(name) for name in ("password1", "password2"))
        if first and second and first != second:
            self.add_error("password2", _("Les deux mots de passe ne sont pas les mêmes."))
        return self.cleaned_data


class CodeMixin(mfa.BaseAuthenticateForm):
    """What forms of a one-time or recovery code share: each code typed is a guess."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word(self, code=_("Code"))
        self.fields["code"].widget.attrs |= {"autofocus": True, "inputmode": "numeric"}

    def clean_code(self):
        with guesses.at_code(context.request, self.user.get_username()):
            return super().clean_code()


class CodeForm(CodeMixin, mfa.AuthenticateForm):
    """Form of the code of who signs in."""


class CodeAgainForm(CodeMixin, mfa.ReauthenticateForm):
    """Form of the code of who is signed in."""


def word(form, **labels):
    """Give fields their labels, and none of allauth's words in the place of what is typed."""
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)
