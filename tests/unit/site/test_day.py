"""A run of the suite that passes midnight stays on its day."""

import datetime
import os
import time
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from tests.day import LONGEST_RUN, zone_of

HOURS = [datetime.datetime(2026, 12, 31, hour, tzinfo=datetime.UTC) for hour in range(24)]


@pytest.mark.parametrize("start", [*HOURS, *(h + datetime.timedelta(minutes=59) for h in HOURS)])
def test_it_ends_on_the_day_on_which_it_started(start):
    zone = ZoneInfo(zone_of(start))
    end = start + datetime.timedelta(hours=LONGEST_RUN)
    assert end.astimezone(zone).date() == start.astimezone(zone).date()
    assert start.astimezone(zone).date() == start.date()


def test_the_day_is_the_same_for_the_product_and_for_what_a_test_starts():
    assert settings.TIME_ZONE == os.environ["TIME_ZONE"] == timezone.get_default_timezone_name()
    assert time.strftime("%Y-%m-%d") == timezone.localdate().isoformat()
