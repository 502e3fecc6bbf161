"""Numbers that stand in an address."""

#: No list is read further than this.
LAST_PAGE = 10_000
MOST_DIGITS = 6


def page_number(typed: str) -> int:
    """The page that is asked for; the first one where it is no number."""
    if not (typed.isascii() and typed.isdigit()):
        return 1
    return LAST_PAGE if len(typed) > MOST_DIGITS else min(int(typed), LAST_PAGE)
