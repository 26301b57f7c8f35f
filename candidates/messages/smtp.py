"""An SMTP backend with a hook around the last bytes of each message; `outbox` uses it."""

import smtplib
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.core.mail.backends import smtp

_END = b"\r\n.\r\n"  # RFC 5321, 4.1.1.4: a server keeps nothing of a message before it
_CORK = getattr(socket, "TCP_CORK", None)  # Linux only

Handover = Callable[[], AbstractContextManager[None]]


class _SMTP(smtplib.SMTP):
    """`smtplib.SMTP` that sends the end of a message inside the context of `handover`."""

    handover: Handover | None = None

    def send(self, s: Any) -> None:
        if self.handover and isinstance(s, bytes) and s.endswith(_END):
            with self._corked(), self.handover():
                super().send(s)
        else:
            super().send(s)

    @contextmanager
    def _corked(self) -> Iterator[None]:
        """Hold the last segment back: woken by it, the mail server would run before `handover`
        is done. If this process dies, the kernel still sends it."""
        self._cork(True)
        yield
        self._cork(False)

    def _cork(self, corked: bool) -> None:
        if _CORK is not None and self.sock is not None:
            self.sock.setsockopt(socket.IPPROTO_TCP, _CORK, corked)


class _SMTPOverTLS(_SMTP, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's backend, which enters `handover()` just before the last bytes of each message.

    The context is left between those bytes and the server's answer: from then on the server gets
    the whole message, whatever becomes of this process.
    """

    handover: Handover | None = None

    @property
    def connection_class(self) -> type[_SMTP]:
        return _SMTPOverTLS if self.use_ssl else _SMTP

    def send_messages(self, email_messages: Any) -> int:
        self.open()
        if isinstance(self.connection, _SMTP):
            self.connection.handover = self.handover
        return super().send_messages(email_messages)
