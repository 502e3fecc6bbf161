"""An evidence pack on paper."""

from collections.abc import Sequence
from datetime import datetime

from cases.documents.typesetting import PageSize, typeset
from cases.selectors.numbers.evidence import CAVEAT, Pack, Shown
from cases.selectors.numbers.numbers import Numbers
from cases.selectors.numbers.sittings import Sitting
from tumorboard.formats import day


def render_evidence(
    *,
    pack: Pack,
    lines: Sequence[Shown],
    numbers: Numbers,
    sittings: Sequence[Sitting],
    institution: str,
    board: str,
    created_at: datetime,
    page_size: PageSize = "a4",
) -> bytes:
    """Return the pack as a PDF: what is asked for, the numbers, and the meetings behind them.

    Raises:
        ValueError: `created_at` has no time zone.
    """
    data = {
        "institution": institution,
        "board": board,
        "scheme": pack.name,
        "source": pack.source,
        "period": f"{day(numbers.period.first)} to {day(numbers.period.last)}",
        "printed_on": day(created_at.date()),
        "caveat": CAVEAT,
        "lines": [
            {
                "asked": line.asked.text,
                "elsewhere": line.asked.elsewhere,
                "figures": [
                    {
                        "label": figure.label,
                        "value": figure.value.words,
                        "how": figure.how,
                        "parts": [[part.label, part.value.words] for part in figure.parts],
                    }
                    for figure in line.figures
                ],
            }
            for line in lines
        ],
        "sittings": [
            {
                "date": sitting.date,
                "board": sitting.board,
                "cases": str(sitting.cases),
                "decided": str(sitting.decided),
                "specialties": ", ".join(sitting.specialties) or "nobody noted",
            }
            for sitting in sittings
        ],
    }
    return typeset("evidence", data, page_size=page_size, created_at=created_at)
