"""The day on which a run of the suite takes place: one, however late it starts.

A test takes today when its file is read, and the product when it is asked. Between the two there
must be no midnight. No clock is set, since the database, tokens and other processes have clocks of
their own; a run that starts late takes place further west, where it is earlier.
"""

import datetime

#: Hours that a run may take; the longest takes less than one.
LONGEST_RUN = 6


def zone_of(start: datetime.datetime) -> str:
    """The time zone in which a run that starts then ends on the same day.

    Args:
        start: with its time zone.
    """
    hour = start.astimezone(datetime.UTC).hour
    # By POSIX what lies west of Greenwich has a plus.
    return "UTC" if hour < 24 - LONGEST_RUN else f"Etc/GMT+{LONGEST_RUN}"
