"""Codes on the papers of diplomas, and the stack of them that the office scans."""
