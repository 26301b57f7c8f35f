"""Documents as fast as paper: WeasyPrint lays out each piece once, then only values are drawn.

See README.md. `press.Press` is the entry point; documents that it cannot make raise
`strips.Unstampable`, and the caller has WeasyPrint lay them out whole.
"""
