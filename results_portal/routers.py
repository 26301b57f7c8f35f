"""Which database alias does what."""

PUBLIC = "public"  # the alias whose role sees open releases only


class PublicAlias:
    """`public` is the same data seen with the rights of an anonymous visitor (or a replica): code
    asks for it by name, and no schema is ever made through it."""

    def allow_migrate(self, db, app_label, **hints):
        return False if db == PUBLIC else None

    def allow_relation(self, one, other, **hints):
        """A row read through `public` is the row of `default`."""
        return True
