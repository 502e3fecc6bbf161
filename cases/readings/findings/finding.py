"""One observation, in whatever format it came."""

import datetime
from dataclasses import dataclass

from cases.readings.answer import Amount, Answer, Coded


@dataclass(frozen=True)
class Finding:
    """What was asked of a patient, and what was answered."""

    #: What was observed.
    about: Coded
    answer: Answer | None
    origin: str
    path: str
    subject: str = ""
    on: datetime.date | None = None
    #: The specimen and the study on which it was observed, as the message refers to them.
    specimen: str = ""
    study: str = ""
    #: Where in the body; None where it is not said.
    site: Coded | None = None
    #: Whether it is about one lesion, which need not be the primary.
    of_lesion: bool = False
    #: Whether every value of a list is said, one after another, and not one of them.
    is_whole_list: bool = False
    #: The limits of what is normal.
    low: Amount | None = None
    high: Amount | None = None
    laboratory: str = ""
    note: str = ""
