"""Django's PostgreSQL backend with fewer health checks and a fast path for a few queries."""
