"""E-mail backends that do what bad servers do."""

from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

from django.core.mail.backends.locmem import EmailBackend

__all__ = ["EmailBackend", "Later", "Never", "Unreachable", "Vanishing"]


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
