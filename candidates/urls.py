from django.urls import path

from candidates.address_changes import views as address_changes
from candidates.civil_status import views as civil_status
from candidates.messages import views as messages

app_name = "candidates"

urlpatterns = [
    path("adresse/", address_changes.address, name="address"),
    path("adresse/confirmer/", address_changes.address_review, name="address_review"),
    path("adresse/recu/<slug:reference>/", address_changes.address_receipt, name="address_receipt"),
    path(
        "adresse/recu/<slug:reference>/recu.pdf",
        address_changes.address_receipt_pdf,
        name="address_receipt_pdf",
    ),
    path("adresse/etat-civil/", civil_status.identity, name="identity"),
    path("adresse/etat-civil/<slug:reference>/", civil_status.identity_sent, name="identity_sent"),
    path("adresse/courriels/", messages.messages, name="messages"),
    path("courriels/<str:key>/", messages.unsubscribe, name="unsubscribe"),
]
