from django.urls import path

from diplomas import views

app_name = "diplomas"

urlpatterns = [
    path("verifier/", views.ask, name="verify"),
    path("verifier/<str:code>/", views.verify, name="verify"),
]
