"""How the API says that something will go: RFC 9745 (`Deprecation`) and RFC 8594 (`Sunset`)."""

import datetime
from typing import NamedTuple

from django.utils.http import http_date
from rest_framework.response import Response

#: What is deprecated works for at least this long afterwards.
NOTICE = datetime.timedelta(days=365)


class Deprecation(NamedTuple):
    """Something that callers should leave, and since when they are told."""

    since: datetime.date

    @property
    def until(self) -> datetime.date:
        """Until when it works at least."""
        return self.since + NOTICE

    def tell(self, response: Response) -> Response:
        """The answer to a request that used it, with the headers that say so."""
        response["Deprecation"] = f"@{_seconds(self.since)}"
        response["Sunset"] = http_date(_seconds(self.until))
        return response


def _seconds(day: datetime.date) -> int:
    midnight = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    return int(midnight.timestamp())


#: The version of a case inside a body; `If-Match` is the one way for all.
IF_MATCH_IN_BODY = Deprecation(datetime.date(2026, 11, 22))
