from django.urls import path

from diplomas import views

app_name = "diplomas"

urlpatterns = [
    path("verifier/", views.verify, name="verify"),
    path("verifier/mes-documents/", views.openings, name="openings"),
    path("verifier/<str:typed>/", views.verify, name="verify"),
]
