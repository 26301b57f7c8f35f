"""PostgreSQL through Django's own backend, which asks less often whether it is there."""
