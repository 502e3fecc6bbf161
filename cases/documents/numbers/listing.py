"""The numbers of a period as the rows of one table."""

from cases.documents.tables import Rows
from cases.selectors.numbers.numbers import Numbers
from tumorboard.formats import day

HEAD = ("Section", "Number", "Part", "Count", "Of / median", "Percent / nine in ten", "How counted")


def table_of(numbers: Numbers, *, board: str) -> Rows:
    """Head, period and every number with its parts; texts and whole numbers only."""
    period = numbers.period
    rows: list[tuple[str | int, ...]] = [
        (f"{board}, {day(period.first)} to {day(period.last)}", "", "", "", "", "", ""),
        HEAD,
    ]
    for section in numbers.sections:
        for figure in section.figures:
            rows.append((section.title, figure.label, "", *figure.value.cells, figure.how))
            rows.extend(
                (section.title, figure.label, part.label, *part.value.cells, "")
                for part in figure.parts
            )
    return rows
