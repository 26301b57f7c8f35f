"""URLs of sign-in and of one's own account, by the names that django-allauth gives them.

Where Django's admin has a page for the same, it is ours that answers.
"""

from django.urls import path
from django.views.generic import RedirectView

from candidates.sign_in import views

urlpatterns = [
    path("login/", views.sign_in, name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("password_change/done/", RedirectView.as_view(pattern_name="account_change_password")),
    path("compte/identite/", views.password_again, name="account_reauthenticate"),
    path("compte/mot-de-passe/", views.change_password, name="account_change_password"),
    path("compte/code/", views.code, name="mfa_authenticate"),
    path("compte/identite/code/", views.code_again, name="mfa_reauthenticate"),
]
