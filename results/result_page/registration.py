"""Queries and bodies of pages that the server answers in front of Django: None leaves it to it."""

from candidates.identification import cookie
from candidates.identification.registration import entry_at_once, question_at_once
from results.fast_path.prepared_page import cached_page
from results.gate import lookup
from results.result_page.welcome import welcome
from results_portal.routers import PUBLIC
from results_portal.serving import header_cache
from results_portal.serving.form_check import checked_form

ASKED = "results.asked_at_once"  # in the environ of a request whose form matched no entry


def identified_again(environ, _cookies):
    """Return the query and the response body of `identify` for a form, or None."""
    request = checked_form(environ)
    asked = question_at_once(request) if request else None
    if request is None or not asked:
        return None
    alias, sql, values = asked

    def body(rows):
        entry_id = entry_at_once(rows)
        if entry_id is None:
            environ[ASKED] = True
            return None
        cookies = welcome(request, entry_id).cookies.values()
        return header_cache.ResponseBody(b"", [cookie.output(header="") for cookie in cookies])

    return header_cache.BodyQuery(
        alias, sql, values, body, serialize_by=request.POST["number"].upper()
    )


def remembered_result(_environ, cookies):
    """Return the query and the response body of `mine` for these cookies, or None."""
    entry_id = cookie.identified_by(cookies)
    if entry_id is None:
        return None

    def body(rows):
        stored = lookup.stored_in(rows)
        page = stored and cached_page(*stored)
        return page and header_cache.ResponseBody(page)

    return header_cache.BodyQuery(PUBLIC, *lookup.question_of(entry_id), body)
