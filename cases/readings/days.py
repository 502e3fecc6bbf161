"""Days, from dates and times in the notations of FHIR and HL7 v2."""

import datetime
import re

from cases.readings.notebook import Unreadable

#: A date or time of FHIR, split where its precision ends.
_FHIR = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2})"
    r"(T\d{2}:\d{2}(:\d{2}(\.\d{1,20})?)?(Z|[+-]\d{2}:\d{2})?)?)?)?",
    re.ASCII,
)
#: HL7 v2 (DT, DTM and TS): YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+/-ZZZZ].
_HL7 = re.compile(
    r"(?P<year>\d{4})((?P<month>\d{2})((?P<day>\d{2})(\d{2}(\d{2}(\d{2}(\.\d{1,4})?)?)?)?)?)?"
    r"([+-]\d{4})?",
    re.ASCII,
)
_LONGEST = 60


def day_of(written: str) -> datetime.date:
    """The day of a FHIR date, dateTime or instant, as it was where it was written.

    Raises:
        Unreadable: it is no date, or it does not name a day.
    """
    return _day(_FHIR, written)


def day_of_hl7(written: str) -> datetime.date:
    """The day of a date or time of HL7 v2, as it was where it was written.

    Raises:
        Unreadable: it is no date, or it does not name a day.
    """
    return _day(_HL7, written)


def _day(notation: re.Pattern[str], written: str) -> datetime.date:
    found = notation.fullmatch(written) if len(written) <= _LONGEST else None
    if found is None:
        message = "This is not a date."
        raise Unreadable(message)
    if not found["day"]:
        known = "month" if found["month"] else "year"
        message = f"Only the {known} is given, and a day is needed here."
        raise Unreadable(message)
    try:
        return datetime.date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError as error:
        message = "There is no such day."
        raise Unreadable(message) from error
