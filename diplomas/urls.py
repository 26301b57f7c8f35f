from django.urls import path

from diplomas.attestations import request_views
from diplomas.attestations import views as attestation_views
from diplomas.tracking import views as tracking_views
from diplomas.verification import views

app_name = "diplomas"

urlpatterns = [
    path("attestation/", attestation_views.attestation, name="attestation"),
    path("attestation/demande/", request_views.ask, name="attestation_request"),
    path(
        "attestation/demande/<slug:reference>/",
        request_views.sent,
        name="attestation_sent",
    ),
    path("attestation/suivi/", request_views.follow, name="attestation_follow"),
    path(
        "attestation/suivi/fichier/",
        request_views.file,
        name="attestation_followed_file",
    ),
    path(
        "attestation/<slug:reference>.pdf",
        attestation_views.attestation_file,
        name="attestation_file",
    ),
    path("diplome/", tracking_views.mine, name="mine"),
    path("diplome/procuration.pdf", tracking_views.proxy_form, name="proxy_form"),
    path("diplome/retrait.ics", tracking_views.calendar, name="calendar"),
    path("verifier/", views.verify, name="verify"),
    path("verifier/mes-documents/", views.openings, name="openings"),
    path("verifier/<str:typed>/", views.verify, name="verify"),
]
