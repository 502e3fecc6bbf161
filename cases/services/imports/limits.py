"""How large a table may be, and the error that says it is not one."""

MOST_BYTES = 10_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_CELLS = 1_000_000
MOST_CHARACTERS = 2_000
MOST_HEADING_CHARACTERS = 120
#: A workbook is a ZIP file: what it may unpack to.
MOST_UNPACKED_BYTES = 100_000_000
#: Parts of a workbook: a sheet, a picture, a style each.
MOST_PARTS = 2_000
#: How many XML elements a workbook may hold: row, cell and value of every cell, and the rest. An
#: element takes four bytes of the file, next to none when packed, and microseconds to read.
MOST_ELEMENTS = 3 * MOST_CELLS + 500_000
#: A tag with its attributes, or a comment: what a parser has to hold at once; and what is read of a
#: part at once.
MOST_TOKEN_BYTES, PIECE_BYTES = 1_000_000, 65_536
#: Blank lines of a workbook count too: one cell in its last line is a million of them.
MOST_LINES = 100_000


class TableError(ValueError):
    """The file is not a table that can be imported; the text says why and what to do."""
