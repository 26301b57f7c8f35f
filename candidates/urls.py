from django.urls import path

from candidates import identity_views, message_views, views

app_name = "candidates"

urlpatterns = [
    path("adresse/", views.address, name="address"),
    path("adresse/confirmer/", views.address_review, name="address_review"),
    path("adresse/recu/<slug:reference>/", views.address_receipt, name="address_receipt"),
    path(
        "adresse/recu/<slug:reference>/recu.pdf",
        views.address_receipt_pdf,
        name="address_receipt_pdf",
    ),
    path("adresse/etat-civil/", identity_views.identity, name="identity"),
    path(
        "adresse/etat-civil/<slug:reference>/", identity_views.identity_sent, name="identity_sent"
    ),
    path("adresse/courriels/", message_views.messages, name="messages"),
    path("courriels/<str:key>/", message_views.unsubscribe, name="unsubscribe"),
]
