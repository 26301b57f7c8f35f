"""Database aliases."""

PUBLIC = "public"  # its role reads open releases only


class PublicAlias:
    """Router of `public`: the same database with the rights of an anonymous visitor, or a replica.

    Code uses the alias by name, and never migrates through it.
    """

    def allow_migrate(self, db, app_label, **hints):
        return None if db == "default" else False

    def allow_relation(self, one, other, **hints):
        """Allow any relation: a row read through `public` is the row of `default`."""
        return True
