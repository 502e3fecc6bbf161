"""How much one person may upload: no one alone can fill the storage, by mistake or on purpose."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.utils import timezone

from cases.models import ImportFile, StudyFile
from tumorboard.accounts.models import User

DAY = datetime.timedelta(days=1)
GIGABYTE = 1_000_000_000


@dataclass(frozen=True)
class Quota:
    """The most files and bytes of one person in one institution."""

    files: int
    size: int


#: Files of studies: within a day, and all that a person's uploads may ever take.
A_DAY = Quota(files=300, size=20 * GIGABYTE)
IN_ALL = Quota(files=20_000, size=500 * GIGABYTE)
#: Tables of cases within a day; each has at most 10 MB.
IMPORTS_A_DAY = 100


def fault_of_study_file(*, size: int, by: User) -> str:
    """Why this person may not upload another file of `size` bytes now; empty where they may."""
    today = Q(uploaded_at__gt=timezone.now() - DAY)
    used = StudyFile.objects.filter(uploaded_by=by).aggregate(
        files=Count("id"),
        bytes=Sum("size", default=0),
        files_today=Count("id", filter=today),
        bytes_today=Sum("size", filter=today, default=0),
    )
    if used["files_today"] >= A_DAY.files or used["bytes_today"] + size > A_DAY.size:
        return (
            f"You have uploaded as much as one person may in a day: {A_DAY.files} files or "
            f"{A_DAY.size // GIGABYTE} GB. Go on tomorrow."
        )
    if used["files"] >= IN_ALL.files or used["bytes"] + size > IN_ALL.size:
        return (
            f"Your files take as much as those of one person may: {IN_ALL.files:,} files or "
            f"{IN_ALL.size // GIGABYTE} GB. Discard what nobody needs, or let somebody else upload."
        )
    return ""


def fault_of_import(*, by: User) -> str:
    """Why this person may not upload another table now; empty where they may."""
    today = ImportFile.objects.filter(uploaded_by=by, uploaded_at__gt=timezone.now() - DAY)
    if today.count() < IMPORTS_A_DAY:
        return ""
    return f"You have uploaded {IMPORTS_A_DAY} tables within a day. Go on tomorrow."
