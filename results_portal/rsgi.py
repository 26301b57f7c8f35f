"""The RSGI application, which Granian runs with the engine of the rush (`FAST_PATH` is `on`)."""

from results_portal.serving.portal import RememberingPortal
from results_portal.serving.server import Server
from results_portal.web.handler import prepare_worker, set_up

set_up()
application = Server(RememberingPortal())
prepare_worker()
