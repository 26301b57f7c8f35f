"""The pile of diplomas that the office scans, by the codes on their letters."""
