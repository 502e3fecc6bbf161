"""The pages on which an institution says what must be there before its boards."""

import pytest

from cases.models import DataSetItem
from cases.services import data_set_items
from guidance.editions import shelf
from tests.factories.boards import make_board
from tests.factories.people import add_member
from tests.integration.web.cases.reading import error_at, row_version_of, text_of, value_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

CHOICE = {
    "scenario": "",
    "board": "",
    "is_required": "true",
    "max_age_weeks": "6",
    "asked_of": "radiology",
    "reason": "Our boards want it newer",
}


@pytest.fixture
def admin(client, administrator):
    """A browser of the administrator."""
    client.force_login(administrator)
    return client


@pytest.fixture
def choice(administrator):
    """A choice of the institution."""
    return data_set_items.add(
        item="images",
        is_required=True,
        max_age_weeks=4,
        reason="Every study is looked at",
        by=administrator,
    )


def test_the_default_stands_beside_the_own_choice(admin, url, choice):
    words = text_of(admin.get(url("data_set")))
    assert "At most 8 weeks old Source: INT Radiology as the default" in words
    assert "At most 4 weeks old Radiology; every scenario it is for, every board" in words
    assert "Every study is looked at" in words
    assert "Not asked for Radiology" in words
    assert "the sources give none" in words


def test_a_new_choice_begins_with_the_default(admin, url):
    address = url("data_set_new", "staging-imaging")
    assert value_of(admin.get(address), "max_age_weeks") == "8"
    response = admin.post(address, CHOICE, follow=True)
    assert response.redirect_chain[0][0] == url("data_set")
    assert "The choice was saved. All cases are judged anew" in text_of(response)
    row = DataSetItem.objects.get()
    assert (row.item, row.scenario, row.board, row.max_age_weeks) == (
        "staging-imaging",
        "",
        None,
        6,
    )


def test_a_choice_for_one_scenario_and_board(admin, url, administrator):
    board = make_board(by=administrator, name="NET board")
    scope = {"scenario": "SC-03", "board": str(board.pk), "max_age_weeks": ""}
    words = text_of(admin.post(url("data_set_new", "images"), {**CHOICE, **scope}, follow=True))
    name = shelf.adopted().catalogue.scenarios["SC-03"].name
    assert f"No limit on age Radiology; {name}, NET board" in words
    assert f"asked for, of Radiology ({name}, NET board)" in words


@pytest.mark.parametrize(
    ("typed", "field", "reason"),
    [
        ({"is_required": ""}, "is_required", "Say whether it is asked for."),
        ({"max_age_weeks": "0"}, "max_age_weeks", "Give 1 to 520 weeks, or nothing for no limit."),
        ({"max_age_weeks": "six"}, "max_age_weeks", "Enter a whole number"),
        ({"max_age_weeks": "9" * 20}, "max_age_weeks", "Give 1 to 520"),
        ({"asked_of": ""}, "asked_of", "Choose who is asked."),
        ({"board": "nonsense"}, "board", "Choose a board."),
        ({"reason": ""}, "reason", "Say why."),
    ],
)
def test_what_cannot_be_chosen_is_said_by_the_field(admin, url, typed, field, reason):
    response = admin.post(url("data_set_new", "images"), {**CHOICE, **typed})
    assert response.status_code == 422
    assert error_at(response, field).startswith(reason)
    assert not DataSetItem.objects.exists()


def test_a_second_choice_for_the_same_is_refused(admin, url, choice):
    response = admin.post(url("data_set_new", "images"), CHOICE)
    assert "There is a choice for this scenario and board already." in text_of(response)


def test_there_is_no_choice_about_what_the_product_does_not_have(admin, url, administrator):
    assert admin.get(url("data_set_new", "nonsense")).status_code == 404
    gone = DataSetItem.objects.create(item="of-old", reason="r", entered_by=administrator)
    assert admin.get(url("data_set_change", gone.pk)).status_code == 404


def test_a_choice_is_changed(admin, url, choice):
    address = url("data_set_change", choice.pk)
    seen = row_version_of(admin, address)
    assert value_of(admin.get(address), "max_age_weeks") == "4"
    admin.post(address, {**CHOICE, **seen, "is_required": "false"})
    choice.refresh_from_db()
    assert (choice.is_required, choice.max_age_weeks) == (False, 6)


def test_a_change_that_cannot_be_kept_is_refused(admin, url, choice):
    address = url("data_set_change", choice.pk)
    seen = row_version_of(admin, address)
    response = admin.post(address, {**CHOICE, **seen, "max_age_weeks": "600"})
    assert error_at(response, "max_age_weeks").startswith("Give 1 to 520")


def test_of_two_who_change_it_the_second_sees_what_the_first_wrote(admin, url, choice, chair):
    address = url("data_set_change", choice.pk)
    seen = row_version_of(admin, address)
    data_set_items.change(choice=choice, max_age_weeks=2, reason="Newer still", by=chair)
    response = admin.post(address, {**CHOICE, **seen})
    assert response.status_code == 422
    assert "Now: 2" in text_of(response)
    assert value_of(response, "max_age_weeks") == "6"
    choice.refresh_from_db()
    assert choice.max_age_weeks == 2


def test_back_to_the_default(admin, url, choice):
    address = url("data_set_reset", choice.pk)
    assert "At most 4 weeks old" in text_of(admin.get(address))
    assert error_at(admin.post(address, {"reason": " "}), "reason") == "Say why."
    words = text_of(admin.post(address, {"reason": "The default is enough"}, follow=True))
    assert "The default holds again." in words
    assert "back to the default" in words
    assert "Reason: The default is enough" in words
    assert not DataSetItem.objects.exists()


def test_a_choice_that_cannot_be_reset_says_so(admin, url, choice):
    response = admin.post(url("data_set_reset", choice.pk), {"reason": "x" * 301})
    assert error_at(response, "reason")
    assert DataSetItem.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"), [("ADMINISTRATOR", 200), ("BOARD_CHAIR", 200), ("COORDINATOR", 403)]
)
def test_who_may_choose(client, url, institution, role, status):
    person = add_member(institution, role, email=f"{role}@north.example", name=role)
    client.force_login(person)
    assert client.get(url("data_set")).status_code == status


@pytest.mark.parametrize("page", ["institution_settings", "local_policy"])
def test_the_settings_lead_here(admin, url, page):
    assert url("data_set") in admin.get(url(page)).content.decode()
