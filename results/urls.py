from django.urls import path

from results.lists import views as lists
from results.result_page import views

app_name = "results"

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
]
