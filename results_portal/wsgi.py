"""The WSGI application: plain Django, for any server (`FAST_PATH` is `prepared` or `off`)."""

from results_portal.web.handler import Portal, prepare_worker, set_up

set_up()
application = Portal()
prepare_worker()
