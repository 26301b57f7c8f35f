"""The mail server's side of `outbox`: an SMTP backend that tells when a message is out of hand."""

import smtplib
import socket

from django.core.mail.backends import smtp

_END = b"\r\n.\r\n"  # RFC 5321, 4.1.1.4: until then a server keeps nothing


_CORK = getattr(socket, "TCP_CORK", None)  # Linux has it


class _Telling:
    telling = None

    def send(self, s):
        if self.telling and isinstance(s, bytes) and s.endswith(_END):
            self._send_last(s)
        else:
            super().send(s)

    def _send_last(self, s):
        """Corked, the kernel has the last byte and the server not yet: it cannot wake before us."""
        prepare, tell = self.telling
        self._cork(True)
        prepare()
        super().send(s)
        tell()
        self._cork(False)

    def _cork(self, corked):
        if _CORK is not None:
            self.sock.setsockopt(socket.IPPROTO_TCP, _CORK, corked)


class _SMTP(_Telling, smtplib.SMTP):
    pass


class _SMTPOverTLS(_Telling, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's, which calls the first of the two functions `telling` before the last byte of a
    message, and the second one between that byte and the answer to it.

    From that moment on the server gets the whole message, whatever becomes of this process.
    """

    telling = None

    @property
    def connection_class(self):
        return _SMTPOverTLS if self.use_ssl else _SMTP

    def send_messages(self, email_messages):
        self.open()
        self.connection.telling = self.telling
        return super().send_messages(email_messages)
