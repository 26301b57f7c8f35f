"""nginx serving a body as a file: the most that this machine can send."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

_CONFIGURATION = """
worker_processes 2;
daemon off;
pid {directory}/pid;
error_log {directory}/error.log;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            root {directory};
            index page;
            default_type "{content_type}";
            {encoding}
        }}
    }}
}}
"""


@contextlib.contextmanager
def serving(body, *, content_type, gzipped=False):
    """Serve `body` with nginx; gives the address, or None where nginx is missing."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "page").write_bytes(body)
        Path(directory).chmod(0o755)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        configuration = Path(directory, "conf")
        encoding = "add_header Content-Encoding gzip;" if gzipped else ""
        configuration.write_text(
            _CONFIGURATION.format(
                directory=directory, port=port, content_type=content_type, encoding=encoding
            )
        )
        with subprocess.Popen([program, "-c", configuration]) as process:
            try:
                _wait(port)
                yield f"http://127.0.0.1:{port}/"
            finally:
                process.terminate()


def _wait(port):
    for _try in range(50):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
