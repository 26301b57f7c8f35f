"""Rates of success: counted for the office, and with small groups hidden for the public."""
