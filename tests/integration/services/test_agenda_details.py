"""How long a case is expected to take, and who is needed for it."""

import pytest

from cases.services import agenda_details
from cases.services.errors import Invalid, Refused
from tests.factories.boards import make_item, sign

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


class TestMinutesAndNeeded:
    def test_minutes_are_set_and_left_to_complexity_again(self, coordinator):
        item = make_item(by=coordinator)

        agenda_details.set_minutes(item=item, minutes=12, by=coordinator)
        item.refresh_from_db()
        assert item.minutes == 12

        agenda_details.set_minutes(item=item, minutes=None, by=coordinator)
        item.refresh_from_db()
        assert item.minutes is None

    @pytest.mark.parametrize("minutes", [0, -1, 121, 10**9])
    def test_minutes_that_no_case_takes(self, coordinator, minutes):
        item = make_item(by=coordinator)

        with pytest.raises(Invalid) as caught:
            agenda_details.set_minutes(item=item, minutes=minutes, by=coordinator)

        assert set(caught.value.errors) == {"minutes"}

    def test_who_is_needed_is_kept_once_each_in_one_order(self, coordinator):
        item = make_item(by=coordinator)

        agenda_details.set_also_needed(
            item=item, specialties=["pathology", "surgery", "pathology"], by=coordinator
        )

        item.refresh_from_db()
        assert item.also_needed == ["surgery", "pathology"]

    def test_who_is_no_specialty(self, coordinator):
        item = make_item(by=coordinator)

        with pytest.raises(Invalid) as caught:
            agenda_details.set_also_needed(
                item=item, specialties=["surgery", "magic"], by=coordinator
            )

        assert set(caught.value.errors) == {"also_needed"}

    def test_not_after_signing(self, coordinator, chair):
        item = make_item(by=coordinator)
        sign(item, by=chair)

        with pytest.raises(Refused, match="signed"):
            agenda_details.set_minutes(item=item, minutes=3, by=coordinator)
        with pytest.raises(Refused, match="signed"):
            agenda_details.set_also_needed(item=item, specialties=[], by=coordinator)
