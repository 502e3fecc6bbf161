"""A whole meeting: three people in three browsers, five cases, one connection dropped on the way.

Against a real uvicorn in a process of its own, since only there events stream.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Route, expect

from cases.models import (
    AgendaItem,
    Attendance,
    BoardMember,
    Decision,
    DecisionDraft,
    Discussion,
    Meeting,
    Task,
)
from cases.models.specialty import Specialty
from tests.factories.boards import (
    bring_near,
    make_asking_case,
    make_board,
    make_item,
    make_meeting,
)
from tests.factories.people import PASSWORD, add_member, make_institution
from tests.server import Server
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
]

#: Milliseconds; a busy machine is slow, and no test asserts time.
PATIENCE = 30_000
CASES = 5
#: What the console says of a network that is gone, as this test wants it to be.
NETWORK = re.compile(
    r"net::ERR_|Failed to load resource|EventSource|status of 422|"
    r"htmx:(afterRequest|sendError|timeout)"
)

expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Hospital:
    """The institution, its meeting, and the cases of its list in order."""

    institution: Institution
    meeting: Meeting
    items: tuple[AgendaItem, ...]


@pytest.fixture
def hospital(transactional_db) -> Hospital:
    north = make_institution(slug="north", name="North Hospital")
    seats = (
        ("BOARD_CHAIR", "chris@north.example", "Chris Imaginary", Specialty.SURGERY),
        ("COORDINATOR", "cora@north.example", "Cora Nottareal", Specialty.NURSING),
        ("RADIOLOGIST", "rita@north.example", "Rita Fictional", Specialty.NUCLEAR_MEDICINE),
    )
    people = [add_member(north, role, email=e, name=name) for role, e, name, _ in seats]
    with institution_scope(north):
        board = make_board(by=people[0], name="Pancreatic NET board")
        for person, (*_, specialty) in zip(people, seats, strict=True):
            BoardMember.objects.create(board=board, person=person, specialty=specialty)
        meeting = bring_near(make_meeting(by=people[0], board=board))
        items = tuple(
            make_item(
                by=people[0],
                meeting=meeting,
                case=make_asking_case(by=people[0]),
                question=f"What next in case {number}?",
            )
            for number in range(1, CASES + 1)
        )
    return Hospital(north, meeting, items)


@pytest.fixture(scope="module")
def one_server(django_db_setup: None) -> Iterator[Server]:
    """Started once; it keeps nothing of a hospital that is gone."""
    with Server() as running:
        yield running


@pytest.fixture
def server(one_server: Server, hospital: Hospital) -> Server:
    if one_server.process is None:  # A test killed it, and did not come to starting it again.
        one_server.start()
    return one_server


class Person:
    """Somebody at a browser of their own, on the live page."""

    def __init__(self, browser: Browser, server: Server, hospital: Hospital, email: str) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._complain)
        self.live = f"{server.url}/i/north/meetings/{hospital.meeting.pk}/live/"
        self.page.goto(self.live)
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.is_connected("Live")

    def _complain(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not NETWORK.search(message.text):
            self.problems.append(message.text)

    @property
    def bar(self) -> Locator:
        """What stands above the case."""
        return self.page.locator("#live-bar")

    @property
    def decision(self) -> Locator:
        """What stands beside the case."""
        return self.page.locator("#live-decision")

    def press(self, key: str) -> None:
        """Press a key that no field takes."""
        self.page.evaluate("document.activeElement?.blur()")
        self.page.keyboard.press(key)

    def is_connected(self, words: str) -> None:
        """Wait until the page says how it hears of news."""
        expect(self.page.locator("#live-connection")).to_have_text(words)

    def join(self) -> None:
        """Be noted as present, by the key."""
        self.press("j")
        expect(self.bar).to_contain_text("You are present")

    @property
    def rationale(self) -> Locator:
        """Where the reasons of the board are written."""
        return self.decision.get_by_label("Rationale")

    def is_saved(self) -> None:
        """Wait until what is typed is the draft of all."""
        expect(self.page.locator("#decision-form[data-draft-state='kept']")).to_have_count(1)

    def sign(self) -> None:
        """Sign what stands in the form, with a reason for what is lacking."""
        self.decision.get_by_role("button", name="Save and go to signing").click()
        self.page.wait_for_url("**/sign/")
        for reason in self.page.locator("textarea[name$='_reason']").all():
            reason.fill("Weighed by the board.")
        self.page.get_by_label("Your password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign decision").click()
        self.page.wait_for_url("**/live/")
        self.is_connected("Live")

    def sees_case(self, number: int) -> None:
        """Wait until this case stands on the page, at the top and beside the decision."""
        expect(self.bar.locator("h1")).to_contain_text(f"Case {number} of {CASES}")
        expect(self.page.locator("#live-case")).to_contain_text(f"What next in case {number}?")


@pytest.fixture
def people(browser: Browser, server: Server, hospital: Hospital) -> Iterator[dict[str, Person]]:
    """Chris presents and signs, Cora writes, Rita looks on."""
    there = {
        name: Person(browser, server, hospital, f"{name}@north.example")
        for name in ("chris", "cora", "rita")
    }
    yield there
    for person in there.values():
        person.context.close()
    assert [problem for person in there.values() for problem in person.problems] == []


def test_everybody_follows_the_presenter(people, hospital):
    chris, cora, rita = people["chris"], people["cora"], people["rita"]

    # Joining takes the attendance, each for the specialty of their seat.
    for person, specialty in ((chris, "Surgery"), (cora, "nursing"), (rita, "Nuclear medicine")):
        person.page.get_by_role("button", name=re.compile(f"Join as .*{specialty}")).click()
        expect(person.bar).to_contain_text("You are present")
    for person in people.values():
        expect(person.page.locator("#live-present > summary")).to_have_text("Present: 3")
    with institution_scope(hospital.institution):
        codes = set(Attendance.objects.values_list("specialty_code", flat=True))
        assert codes == {"surgery", "nursing", "nuclear_medicine"}

    # The first case, then the next: everybody sees it by themselves.
    chris.press("s")
    for person in people.values():
        expect(person.bar).to_contain_text("Before the board")
    chris.press("n")
    for person in people.values():
        person.sees_case(2)

    # Rita looks ahead alone, and comes back by one key.
    rita.press("n")
    rita.sees_case(3)
    expect(rita.bar).to_contain_text("The board has moved on to case 2")
    cora.sees_case(2)
    rita.press("b")
    rita.sees_case(2)

    # The clock stands for all while the presenter pauses.
    expect(cora.bar.locator("[data-clock][data-runs]")).to_have_count(1)
    chris.press("c")
    for person in people.values():
        expect(person.bar).to_contain_text("Paused")
    expect(cora.bar.locator("[data-clock][data-runs]")).to_have_count(0)
    chris.press("c")
    expect(cora.bar.locator("[data-clock][data-runs]")).to_have_count(1)

    # Cora is in the middle of a sentence when the board moves on: her text stays.
    cora.rationale.fill("Half a sentence about case two")
    chris.press("n")
    rita.sees_case(3)
    expect(cora.bar).to_contain_text("The board has moved on to case 3")
    expect(cora.rationale).to_have_value("Half a sentence about case two")
    cora.press("b")
    cora.sees_case(3)
    expect(cora.rationale).to_have_value("")

    # What she wrote was kept, and the others can read it.
    rita.press("p")
    expect(rita.decision).to_contain_text("Half a sentence about case two")
    rita.press("b")

    # A dropped connection misses nothing.
    rita.sees_case(3)
    rita.context.set_offline(True)
    expect(rita.page.locator("#live-connection")).not_to_have_text("Live")
    chris.press("n")
    cora.sees_case(4)
    rita.context.set_offline(False)
    rita.sees_case(4)
    rita.is_connected("Live")

    with institution_scope(hospital.institution):
        assert Discussion.objects.filter(ended_at=None).get().item == hospital.items[3]
        assert Discussion.objects.count() == 5


def test_five_cases_end_in_five_signed_records_with_tasks_and_letters(people, hospital):
    chris, cora, rita = people["chris"], people["cora"], people["rita"]
    for person in people.values():
        person.join()
    chris.press("s")

    for number in range(1, CASES + 1):
        for person in people.values():
            person.sees_case(number)
        reasons = f"Reasons of the board in case {number}."

        # Cora takes over what the guidance proposes and writes why; case 3 without a network.
        expect(cora.decision.locator("#decision-form")).to_be_visible()
        cora.press("a")
        expect(cora.decision.locator("#remove-row-0")).to_be_visible()
        cora.is_saved()
        if number == 3:
            cora.context.set_offline(True)
        cora.press("d")
        cora.rationale.fill(reasons)
        if number == 3:
            expect(cora.decision).to_contain_text("No answer from the server")
            cora.context.set_offline(False)
        cora.is_saved()

        # Rita reads along while it is written, and Chris has it in his form.
        expect(rita.decision).to_contain_text(reasons)
        expect(chris.rationale).to_have_value(reasons)
        chris.sign()
        for person in (cora, rita):
            expect(person.decision).to_contain_text("by Chris Imaginary, Board chair")
        if number < CASES:
            chris.press("n")

    # The end, by keys: the list of the cases, its last button, and the answer.
    chris.press("l")
    chris.page.locator("#live-end").focus()
    chris.page.keyboard.press("Enter")
    chris.page.get_by_role("dialog").get_by_role("button", name="End meeting").press("Enter")
    for person in people.values():
        expect(person.bar).to_contain_text("Ended")
        expect(person.bar).to_contain_text(f"{CASES} of {CASES} signed")

    with institution_scope(hospital.institution):
        signed = list(Decision.objects.order_by("signed_at"))
        assert [decision.agenda_item_id for decision in signed] == [i.pk for i in hospital.items]
        assert [d.rationale[-7:-1] for d in signed] == [f"case {n}" for n in range(1, CASES + 1)]
        assert all(decision.participants.count() == 3 for decision in signed)
        assert all(Task.objects.filter(decision=decision).exists() for decision in signed)
        assert Discussion.objects.count() == CASES
        assert not Discussion.objects.filter(ended_at=None).exists()
    for item in hospital.items:
        for name in ("letter.pdf", "patient.pdf", "decision.pdf"):
            address = chris.live.split("/meetings/")[0] + f"/agenda/{item.pk}/{name}"
            response = chris.page.request.get(address)
            assert response.status == 200
            assert response.body().startswith(b"%PDF")


def test_a_key_pressed_the_moment_the_form_stands_there_stays_on_the_page(people, hospital):
    chris = people["chris"]
    chris.press("s")
    expect(chris.bar).to_contain_text("Before the board")
    expect(chris.decision.locator("#take-over")).to_be_visible()
    chris.page.evaluate(
        """form => new MutationObserver((_, observer) => {
             if (!document.querySelector(form)) return;
             observer.disconnect();
             document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
           }).observe(document.body, { childList: true, subtree: true })""",
        f"#decision-form[data-item='{hospital.items[1].pk}'] #take-over",
    )
    chris.press("n")
    expect(chris.decision.locator("#remove-row-0")).to_be_visible()
    chris.sees_case(2)
    assert chris.page.url == chris.live


def test_a_server_that_falls_over_loses_nothing_typed(people, hospital, server):
    chris, cora, rita = people["chris"], people["cora"], people["rita"]
    chris.press("s")
    for person in people.values():
        person.sees_case(1)
    cora.rationale.fill("Written before the server fell over, ")
    cora.is_saved()

    server.kill()
    cora.rationale.press("End")
    cora.page.keyboard.type("and while it was gone.")
    expect(cora.page.locator("#live-connection")).to_have_text(
        re.compile("Reconnecting|Following every 2 seconds")
    )
    expect(cora.decision).to_contain_text("No answer from the server")
    server.start()

    cora.is_saved()
    whole = "Written before the server fell over, and while it was gone."
    expect(cora.rationale).to_have_value(whole)
    with institution_scope(hospital.institution):
        assert DecisionDraft.objects.get().rationale == whole
    # Everybody is back, and the meeting goes on where it was.
    expect(rita.decision).to_contain_text(whole)
    chris.press("n")
    rita.sees_case(2)


def test_nobody_writes_on_another_patient_than_the_one_they_read(people, hospital):
    chris = people["chris"]
    form = chris.decision.locator("#decision-form")
    warning = chris.page.get_by_text("This form belongs to another case")
    with institution_scope(hospital.institution):
        patients = [item.case.patient for item in hospital.items]
    chris.press("s")
    expect(chris.bar).to_contain_text("Before the board")
    chris.sees_case(1)
    expect(form).to_have_attribute("data-item", str(hospital.items[0].pk))
    expect(form).to_contain_text(f"{patients[0].name}, record {patients[0].record_number}")
    expect(warning).to_be_hidden()

    # The forms are slow, the presenter is not: what stands there still cannot be used.
    held: list[Route] = []
    is_slow = True

    def hold(route: Route) -> None:
        if is_slow:
            held.append(route)
        else:
            route.continue_()

    chris.page.route(re.compile("/form/$"), hold)
    for number in (2, 3, 4):
        chris.press("n")
        chris.sees_case(number)
        expect(chris.page.locator("#live-decision[inert]")).to_have_count(1)
        expect(warning).to_be_visible()
    chris.press("a")
    chris.press("p")
    chris.sees_case(3)

    is_slow = False
    for route in held:
        route.continue_()
    expect(form).to_have_attribute("data-item", str(hospital.items[2].pk))
    expect(form).to_contain_text(f"{patients[2].name}, record {patients[2].record_number}")
    expect(chris.page.locator("#live-decision[inert]")).to_have_count(0)
    expect(warning).to_be_hidden()
    chris.rationale.fill("Reasons about case three")
    chris.is_saved()
    with institution_scope(hospital.institution):
        assert DecisionDraft.objects.get().agenda_item == hospital.items[2]
