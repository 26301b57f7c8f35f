"""Handlers of refused and missing pages: staff read staff words, on a page of their site."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _by_staff(request):
        return _staff_page(request, "admin/403.html", 403)
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _by_staff(request):
        return _staff_page(request, "admin/404.html", 404)
    return defaults.page_not_found(request, exception)


def _by_staff(request: HttpRequest) -> bool:
    if not request.path.startswith(settings.STAFF_PREFIX):
        return False
    user = getattr(request, "user", None)  # missing when a middleware refused before
    return user is not None and admin.site.has_permission(request)


def _staff_page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    return render(request, template, admin.site.each_context(request), status=status)
