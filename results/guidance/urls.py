from django.urls import path

from results.guidance import views
from results.guidance.pages import PAGES

app_name = "guidance"

urlpatterns = [
    path("", views.index, name="index"),
    *(path(f"{page.path}/", views.show(page), name=page.name) for page in PAGES.values()),
    *(
        path(f"{page.path}/<slug:exam>/", views.show(page), name=f"{page.name}_exam")
        for page in PAGES.values()
        if page.by_exam
    ),
]
