"""A mail server for tests, and e-mail backends that do what bad servers do."""

import socketserver
import threading
from contextlib import suppress
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

from django.core.mail.backends.locmem import EmailBackend

__all__ = ["EmailBackend", "Later", "MailServer", "Never", "Unreachable", "Vanishing"]


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks SMTP on a port of this machine, and keeps the messages it took, as bytes.

    It takes a message when it has read its end, whether or not the sender waits for the answer,
    as mail servers do. `at_the_end(server)`, when given, is called then and returns the answer.
    """

    allow_reuse_address = daemon_threads = True

    def __init__(self, at_the_end=None):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken, self.connections, self.at_the_end = [], 0, at_the_end

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *problem):
        self.shutdown()
        self.server_close()

    @staticmethod
    def hang_up():
        raise ConnectionAbortedError

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        with suppress(ConnectionError):  # whoever was talking has been killed
            self.talk()

    def talk(self):
        self.server.connections += 1
        self.say("220 ready")
        while command := self.rfile.readline().strip().upper():
            if command == b"DATA":
                self.say("354 go on")
                if not self.take():
                    return
            elif command == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def take(self):
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                self.server.taken.append(b"".join(lines))
                answer = self.server.at_the_end and self.server.at_the_end(self.server)
                self.say(answer or "250 taken")
                return True
            lines.append(line)
        return False

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class Unreachable(EmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError


class Vanishing(EmailBackend):
    """Takes one message, then goes; closing it fails too."""

    taken = 0

    def send_messages(self, messages):
        if type(self).taken:
            raise SMTPServerDisconnected("gone")
        type(self).taken += 1
        return super().send_messages(messages)

    def close(self):
        if type(self).taken:
            raise SMTPServerDisconnected("gone")


class Later(EmailBackend):
    """Greylists: come back in a while."""

    code = 450

    def send_messages(self, messages):
        raise SMTPRecipientsRefused(dict.fromkeys(messages[0].to, (self.code, b"no")))


class Never(Later):
    """No such mailbox."""

    code = 550
