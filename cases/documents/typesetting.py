"""Data and a template to PDF bytes.

Text reaches typst only as JSON, never as markup, so a name such as `#eval` prints as typed.
Only the fonts inside the typst wheel are used: the same data gives the same bytes everywhere.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Literal

import typst

PageSize = Literal["a4", "us-letter"]

TEMPLATES = Path(__file__).parent / "templates"
STANDARDS: "list[typst.PDFStandard]" = ["a-3a", "ua-1"]

# Every character up to here that is not a control is in the wheel's text font.
LATIN_END = "\u017f"

CODE_START = "[U+"
# typst drops a layout from its cache once this many later compilations have not asked for it.
CACHE_AGES = 11

MISSING_GLYPH = re.compile(r'the text `"(.*)"` could not be displayed')
RUST_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
LINE_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
VARIATION_SELECTORS = re.compile(r"[\ufe00-\ufe0f]")
NOT_PLAIN = re.compile(r"[^ -~]")


def typeset(
    template: str,
    data: Mapping[str, object],
    *,
    page_size: PageSize,
    created_at: datetime,
) -> bytes:
    """Set `data` with `templates/<template>.typ` as a tagged PDF/A-3a and PDF/UA-1.

    `created_at` (with a time zone) becomes the document's date, which PDF/A requires.
    A character that no font in the wheel has is printed as `[U+5C71]`, and the document says so:
    the standards refuse a page on which text is missing, and so should a reader.

    Raises `ValueError` when `created_at` has no time zone.
    """
    if created_at.tzinfo is None:
        raise ValueError("created_at needs a time zone")
    try:
        return _typeset(template, data, page_size, created_at)
    finally:
        _empty_cache()


def _typeset(
    template: str, data: Mapping[str, object], page_size: PageSize, created_at: datetime
) -> bytes:
    clean = _each_string(data, _clean)
    without_glyph: set[str] = set()
    while True:
        shown = _each_string(clean, partial(_mask, characters=without_glyph))
        try:
            return _compile(template, shown, page_size, created_at)
        except typst.TypstError as error:
            found = _characters_without_glyph(error) - without_glyph
            if not found:
                raise
            without_glyph |= found


def _compile(template: str, data: object, page_size: PageSize, created_at: datetime) -> bytes:
    text = json.dumps(data, ensure_ascii=False)
    return typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={
            "data": text,
            "paper": page_size,
            "has_codes": "yes" if CODE_START in text else "no",
        },
        pdf_standards=STANDARDS,
        timestamp=int(created_at.timestamp()),
    )


def _empty_cache() -> None:
    """Let typst forget the patients it has just set; a process would grow by 80 MB an agenda."""
    for _ in range(CACHE_AGES):
        typst.compile(b"", font_paths=_fonts(), ignore_system_fonts=True, format="svg")


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def _each_string(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each_string(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_each_string(item, change) for item in value]
    return value


def _clean(string: str) -> str:
    """Return one line of text without characters that print nothing or turn the line around."""
    line = LINE_BREAKS.sub(" ", unicodedata.normalize("NFC", string))
    return NOT_PLAIN.sub(lambda found: _clean_character(found[0]), line)


def _clean_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf" or VARIATION_SELECTORS.match(character):
        return ""
    return _code(character) if category.startswith("C") else character


def _mask(string: str, characters: Collection[str]) -> str:
    return string.translate({ord(character): _code(character) for character in characters})


def _code(character: str) -> str:
    return f"{CODE_START}{ord(character):04X}]"


def _characters_without_glyph(error: typst.TypstError) -> set[str]:
    """Return the characters to print as codes: marks first, for their bases may do without them."""
    texts = "".join(MISSING_GLYPH.findall(error.diagnostic))
    named = RUST_ESCAPE.sub(lambda code: chr(int(code[1], 16)), texts)
    found = {character for character in named if character > LATIN_END}
    return {item for item in found if unicodedata.category(item).startswith("M")} or found
