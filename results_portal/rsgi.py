"""RSGI application for Granian; `results_portal.wsgi` is for other servers."""

from results_portal.serving.server import Server
from results_portal.wsgi import application as portal

application = Server(portal)
