"""Documents as fast as paper: WeasyPrint lays each strip out once, then only values are drawn.

A document is a stack of strips: pieces of HTML that no neighbour disturbs. WeasyPrint lays out each
strip that it has not seen, with a mark where each value goes (`learning`); strips make a form, the
pages of a kind of document (`forms`); the values of one document are drawn into it with the same
fonts, at the same places, by the same operators (`typesetting`), and written as a tagged file or
among the sheets of a print file (`files`). `press.Press` holds all of it together.

What cannot be drawn so raises `Unstampable`: the caller has WeasyPrint lay the whole document out.
"""
