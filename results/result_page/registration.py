"""What the server asks and answers in front of Django for pages that it has answered before."""

from candidates.identification import cookie
from candidates.identification.registration import entry_at_once, question_at_once
from results.fast_path.prepared_page import remembered
from results.gate import lookup
from results.result_page.welcome import welcome
from results_portal.routers import PUBLIC
from results_portal.serving import header_cache
from results_portal.serving.form_check import checked_form

ASKED = "results.asked_at_once"  # in the environment of a request: and it named nobody


def identified_again(environ, _cookies):
    """What `identify` asks for whoever sends this form, and answers once it has answered others."""
    request = checked_form(environ)
    asked = request and question_at_once(request)
    if not asked:
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
    """What `mine` asks for whoever sends these cookies, and answers once it has answered others."""
    entry_id = cookie.identified_by(cookies)
    if entry_id is None:
        return None

    def body(rows):
        stored = lookup.stored_in(rows)
        page = stored and remembered(*stored)
        return page and header_cache.ResponseBody(page)

    return header_cache.BodyQuery(PUBLIC, *lookup.question_of(entry_id), body)
