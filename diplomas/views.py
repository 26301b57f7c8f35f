from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from candidates.throttle import address_block
from diplomas import verification
from results import verification_code

LONGEST = 60  # characters of a typed code, its separators included


@csrf_exempt  # asks for a page and changes nothing
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request):
    """Page `diplomas:verify` without a code: where to type one."""
    typed = request.POST.get("code", "")[:LONGEST]
    code = verification_code.parse(typed)
    if code is not None:
        return redirect("diplomas:verify", code=verification_code.plain(code))
    context = {"typed": typed, "unreadable": request.method == "POST"}
    return render(request, "diplomas/verify.html", context)


@never_cache
@require_safe
def verify(request, code):
    brake = verification.MissBrake(block=address_block(request))
    if brake.blocked:
        return render(request, "429.html", {"retry_minutes": 10}, status=429)
    result = verification.confirmed(code)
    if result is None:
        brake.count_failure()
        return render(request, "diplomas/unknown.html", status=404)
    context = {
        "document": result.document,
        "code": verification_code.groups(result.verification_code),
        "superseding": verification.superseding(result),
    }
    return render(request, "diplomas/verified.html", context)
