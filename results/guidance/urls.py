from django.urls import path

from results.guidance import views
from results.guidance.pages import PAGES

app_name = "guidance"

urlpatterns = [
    path("", views.index, name="index"),
    *(path(f"{page.path}/", views.show(page), name=page.name) for page in PAGES.values()),
]
