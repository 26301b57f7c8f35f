"""URLs of the portal. The paths are part of the interface, in French for both languages."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from candidates.admin.invitations import InvitationView
from candidates.admin.search import search
from candidates.admin.tables import page as tables
from results.result_page.views import home

STAFF = settings.STAFF_PREFIX.removeprefix("/")

urlpatterns = [
    path("", home, name="home"),
    path("", include("results.urls")),  # first, for the rush
    # Only a preference: without a CSRF token, pages about nobody set no cookie.
    path("langue/", csrf_exempt(set_language), name="set_language"),
    path("aide/", include("results.guidance.urls")),
    path(STAFF, include("candidates.sign_in.urls")),
    path(
        f"{STAFF}compte/invitation/<str:uidb64>/<str:token>/",
        InvitationView.as_view(),
        name="invitation",
    ),
    path(f"{STAFF}compte/proconnect/", include("candidates.single_sign_on.urls")),
    path(f"{STAFF}chercher/", admin.site.admin_view(search), name="office_search"),
    path(f"{STAFF}tables/", admin.site.admin_view(tables), name="office_tables"),
    path(STAFF, admin.site.urls),
    path("", include("candidates.urls")),
    path("", include("diplomas.urls")),
]

handler400 = "results_portal.web.refusal.bad_request"
handler403 = "results_portal.web.refusal.permission_denied"
handler404 = "results_portal.web.refusal.page_not_found"
handler500 = "results_portal.web.unavailable.server_error"
