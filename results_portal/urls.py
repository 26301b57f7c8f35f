"""Mounts each app's pages; the paths are those of the contract, in French for both languages."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from results.views import home
from results_portal.health import healthz, readyz

urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("langue/", set_language, name="set_language"),
    path(settings.STAFF_PREFIX.removeprefix("/"), admin.site.urls),
]
urlpatterns += [
    path("", include(f"{app}.urls"))
    for app in ("candidates", "results", "diplomas")
    if find_spec(f"{app}.urls")
]
