"""URLs of sign-in and of one's own account, by the names that django-allauth gives them.

Where Django's admin has a page for the same, it is ours that answers.
"""

from django.urls import path
from django.views.generic import RedirectView

from candidates.sign_in import views

_change_password = RedirectView.as_view(pattern_name="account_change_password")
_own_account = RedirectView.as_view(pattern_name="mfa_index")

urlpatterns = [
    path("login/", views.sign_in, name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("password_change/", _change_password),
    path("password_change/done/", _change_password),
    path("compte/", views.own_account, name="mfa_index"),
    path("compte/mot-de-passe/", views.change_password, name="account_change_password"),
    path("compte/connexion/code/", views.code, name="mfa_authenticate"),
    path("compte/connexion/cle/", views.passkey_alone, name="mfa_login_webauthn"),
    path("compte/identite/", views.password_again, name="account_reauthenticate"),
    path("compte/identite/code/", views.code_again, name="mfa_reauthenticate"),
    path("compte/identite/cle/", views.passkey_again, name="mfa_reauthenticate_webauthn"),
    path("compte/application/", views.add_codes, name="mfa_activate_totp"),
    path("compte/application/retirer/", views.remove_codes, name="mfa_deactivate_totp"),
    path("compte/cles/", _own_account, name="mfa_list_webauthn"),
    path("compte/cles/ajouter/", views.add_passkey, name="mfa_add_webauthn"),
    path("compte/cles/<int:pk>/renommer/", views.name_passkey, name="mfa_edit_webauthn"),
    path("compte/cles/<int:pk>/retirer/", views.remove_passkey, name="mfa_remove_webauthn"),
    path("compte/codes-de-secours/", views.show_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "compte/codes-de-secours/nouveaux/",
        views.make_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
]
