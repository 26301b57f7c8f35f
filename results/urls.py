from django.conf import settings
from django.urls import path

from results.lists import views as lists
from results.result_page import views
from results.school_heads import views as school_heads
from results.statistics import views as statistics

app_name = "results"

SCHOOL = f"{settings.STAFF_PREFIX.removeprefix('/')}etablissement/"

urlpatterns = [
    path("resultats/", views.identify, name="lookup"),
    path("resultats/mon-resultat/", views.mine, name="mine"),
    path("resultats/mon-resultat/releve.pdf", views.score_sheet, name="score_sheet"),
    path("resultats/publication/", views.consent, name="consent"),
    path("resultats/calendrier.ics", views.calendar, name="calendar"),
    path("resultats/autre-session/", views.other_session, name="other_session"),
    path("resultats/quitter/", views.sign_out, name="sign_out"),
    path("listes/", lists.all_lists, name="lists"),
    path("listes/<slug:session>/<slug:speciality>/", lists.one_list, name="list"),
    path("listes/<slug:session>/<slug:speciality>/reussite.png", lists.card, name="card"),
    path("chiffres/<slug:session>/", statistics.session, name="figures"),
    path(
        "chiffres/<slug:session>/<slug:speciality>/",
        statistics.speciality,
        name="speciality_figures",
    ),
    path(SCHOOL, school_heads.schools, name="school"),
    path(f"{SCHOOL}<str:uai>/", school_heads.sessions, name="school_sessions"),
    path(f"{SCHOOL}<str:uai>/<slug:code>/", school_heads.session, name="school_session"),
    path(f"{SCHOOL}<str:uai>/<slug:code>/resultats.csv", school_heads.table, name="school_table"),
    path(f"{SCHOOL}<str:uai>/<slug:code>/<int:pupil>/", school_heads.pupil, name="school_pupil"),
]
