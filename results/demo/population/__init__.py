"""Invented people, addresses and schools, drawn from lists of real names and towns."""
