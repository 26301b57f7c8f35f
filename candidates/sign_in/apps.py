"""django-allauth's app of accounts, with the portal's own middleware in front of it."""

from allauth.account.apps import AccountConfig


class SignInConfig(AccountConfig):
    """Configuration that leaves out one demand of allauth's.

    It wants its middleware in the settings by its own name; here stands a subclass that keeps to
    the staff's pages (`results_portal.web.middleware.AccountMiddleware`).
    """

    def ready(self):
        from allauth.account import checks  # noqa: F401
