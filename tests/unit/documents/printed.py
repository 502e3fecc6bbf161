"""What a reader finds in a PDF."""

from io import BytesIO

from pypdf import PageObject, PdfReader


def open_pdf(pdf: bytes) -> PdfReader:
    """Return a reader of the PDF."""
    return PdfReader(BytesIO(pdf))


def pages(pdf: bytes) -> list[str]:
    """Return each page's text with every run of white space as one space."""
    return [" ".join(page.extract_text().split()) for page in open_pdf(pdf).pages]


def text(pdf: bytes) -> str:
    """Return the whole text, white space as one space."""
    return " ".join(pages(pdf))


def letters(pdf: bytes) -> str:
    """Return the whole text without white space, for words that break over lines."""
    return "".join(text(pdf).split())


def bookmarks(pdf: bytes) -> list[str]:
    """Return the titles of the outline, one level."""
    return [str(entry.title) for entry in open_pdf(pdf).outline]


def reaches_mm(page: PageObject, letter: str, width_em: float) -> float:
    """Return how far right a run of one letter, each at least `width_em` wide, goes on the page."""
    ends: list[float] = []

    def visit(string, matrix, text_matrix, _font, size):
        run = string.strip()
        if run and set(run) == {letter}:
            start = text_matrix[4] * matrix[0] + matrix[4]
            ends.append(start + len(run) * width_em * size * abs(matrix[0]))

    page.extract_text(visitor_text=visit)
    return max(ends, default=0.0) / 72 * 25.4
