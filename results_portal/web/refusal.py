"""Handlers of refused and missing pages: staff read staff words, on a page of their site."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import csrf, defaults


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _by_staff(request):
        return _staff_page(request, 403)
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _by_staff(request):
        return _staff_page(request, 404)
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_of_staff(request):
        return _staff_page(request, 400)
    return defaults.bad_request(request, exception)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without the token of its page: the view that Django calls for it."""
    if _is_of_staff(request):
        return _staff_page(request, 403, "403_csrf")
    return csrf.csrf_failure(request, reason)


def not_allowed(request: HttpRequest) -> str:
    """Return the page for a method that an address does not take."""
    if _is_of_staff(request):
        return render_to_string("admin/405.html", _staff_context(request), request)
    return render_to_string("400.html", request=request)


def _is_of_staff(request: HttpRequest) -> bool:
    return request.path.startswith(settings.STAFF_PREFIX)


def _by_staff(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)  # missing when a middleware refused before
    return _is_of_staff(request) and user is not None and admin.site.has_permission(request)


def _staff_page(request: HttpRequest, status: int, name: str = "") -> HttpResponse:
    template = f"admin/{name or status}.html"
    return render(request, template, _staff_context(request), status=status)


def _staff_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the staff's pages show around a refusal: to a stranger, the name of the site."""
    if _by_staff(request):
        return admin.site.each_context(request)
    return {"site_header": admin.site.site_header, "site_title": admin.site.site_title}
