"""Forms of sign-in and of one's own account: django-allauth's, with our throttle and words."""

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.core.exceptions import ValidationError
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
        word_code(self)

    def clean_code(self):
        with guesses.at_code(context.request, self.user.get_username()):
            return super().clean_code()


class CodeForm(CodeMixin, mfa.AuthenticateForm):
    """Form of the code of who signs in."""


class CodeAgainForm(CodeMixin, mfa.ReauthenticateForm):
    """Form of the code of who is signed in."""


class FirstCodeForm(totp.ActivateTOTPForm):
    """Form of the first code that an application shows, once it has the secret."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word_code(self)


class PasskeyMixin(webauthn.AuthenticateWebAuthnForm):
    """What forms of a passkey share: whatever is wrong with what a browser sends is told."""

    def clean_credential(self):
        try:
            return super().clean_credential()
        except (AttributeError, KeyError, TypeError, ValueError, ValidationError):
            raise ValidationError(
                _("Cette clé d’accès n’a pas été reconnue. Recommencez, ou entrez autrement.")
            ) from None


class PasskeyForm(PasskeyMixin):
    """Form of a passkey as the second factor of who signs in."""


class PasskeyAloneForm(PasskeyMixin, webauthn.LoginWebAuthnForm):
    """Form of a passkey that signs in without a name and a password."""


class PasskeyAgainForm(PasskeyMixin, webauthn.ReauthenticateWebAuthnForm):
    """Form of a passkey of who is signed in."""


class NewPasskeyForm(webauthn.AddWebAuthnForm):
    """Form of a new passkey. Each is one that can sign in alone: its device asks for a PIN."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]
        word(self, name=_("Nom de la clé"))

    def clean(self):
        self.cleaned_data["passwordless"] = True
        try:
            return super().clean()
        except (AttributeError, KeyError, TypeError, ValueError, ValidationError):
            raise ValidationError(
                _("La clé d’accès n’a pas pu être enregistrée. Recommencez.")
            ) from None


class PasskeyNameForm(webauthn.EditWebAuthnForm):
    """Form of the name of a passkey."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word(self, name=_("Nom de la clé"))


def word(form, **labels):
    """Give fields their labels, and none of allauth's words in the place of what is typed."""
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)


def word_code(form):
    """Word a form of a code, whose keyboard has figures on a phone."""
    word(form, code=_("Code"))
    form.fields["code"].widget.attrs |= {"autofocus": True, "inputmode": "numeric"}
