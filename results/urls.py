from django.urls import path

from results import views

app_name = "results"

urlpatterns = [
    path("resultats/", views.identify, name="lookup"),
    path("resultats/mon-resultat/", views.mine, name="mine"),
    path("resultats/mon-resultat/releve.pdf", views.score_sheet, name="score_sheet"),
    path("resultats/publication/", views.consent, name="consent"),
    path("resultats/calendrier.ics", views.calendar, name="calendar"),
    path("resultats/quitter/", views.sign_out, name="sign_out"),
    path("listes/", views.all_lists, name="lists"),
    path("listes/<slug:session>/<slug:speciality>/", views.one_list, name="list"),
    path("listes/<slug:session>/<slug:speciality>/reussite.png", views.card, name="card"),
]
