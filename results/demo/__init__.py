"""Demo data in files: sessions, schools, entries and marks of invented people.

Everything is drawn from a seed: the same seed and size give the same bytes.
"""
