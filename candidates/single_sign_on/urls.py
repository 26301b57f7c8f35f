"""URLs of sign-in by the provider. `docs/operations.md` names those that it must know."""

from django.urls import path

from candidates.single_sign_on import views

urlpatterns = [
    path("", views.start, name="single_sign_on"),
    path("retour/", views.come_back, name="single_sign_on_return"),
    path("deconnexion/", views.leave, name="single_sign_on_leave"),
    path("deconnecte/", views.left, name="single_sign_on_left"),
]
