"""A machine that acts as two institutions at once, and a model of what each may see.

Every text that a rule writes holds a mark of its institution; after every step each person's pages
hold no mark of an institution they are no member of at that address, and the model's rows are all
there. `HYPOTHESIS_PROFILE=thorough` tries longer.
"""

import itertools
import os
import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cases.models import AgendaItem, Case, Decision, Meeting
from cases.services import agendas, boards, meetings
from tests.factories.boards import draft, make_asking_case, sign
from tests.factories.people import add_member, make_institution
from tests.integration.isolation.answers import body_of
from tumorboard.accounts import memberships
from tumorboard.accounts.models import User
from tumorboard.accounts.tokens import issue
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

SLUGS = ("north", "south")
MARK = re.compile(r"(north|south)mark\d+")
ROLES = ("COORDINATOR", "BOARD_CHAIR")
IS_THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
EXAMPLES, STEPS = (200, 60) if IS_THOROUGH else (4, 20)
#: What is asked for in an address with a row's id, by the kind of row.
PLACES = {
    "case": ("case", "case_edit", "case_timeline", "agenda_put_on", "follow_up", "pathology"),
    "meeting": ("meeting", "agenda_pdf", "agenda_publish", "live", "meeting_cancel"),
    "item": ("decision", "item_screen", "agenda_take_off", "agenda_move", "letters"),
    "board": ("board", "meeting_new"),
}
PAGES = ("case_list", "overview", "board_queue", "boards", "tasks")

slugs = st.sampled_from(SLUGS)
numbers = st.integers(0, 30)


def other(slug: str) -> str:
    return "south" if slug == "north" else "north"


class TwoInstitutions(RuleBasedStateMachine):
    """Two hospitals with a coordinator and a chair each, and whoever is shared between them."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.marks = itertools.count(1)
        self.institutions: dict[str, Institution] = {}
        self.members: dict[str, set[str]] = {slug: set() for slug in SLUGS}
        self.people: dict[str, User] = {}
        self.browsers: dict[str, Client] = {}
        self.tokens: dict[tuple[str, str], str] = {}
        #: What each institution has, as the model knows it: kind of row -> rows.
        self.rows: dict[str, dict[str, list[Any]]] = {}
        self.titles: dict[str, set[str]] = {slug: set() for slug in SLUGS}
        self.signed = dict.fromkeys(SLUGS, 0)
        for slug in SLUGS:
            self.institutions[slug] = make_institution(slug=slug, name=f"{slug}mark0 Hospital")
            self.rows[slug] = {kind: [] for kind in PLACES}
            name = f"{slug} person"
            self.people[name] = add_member(
                self.institutions[slug], *ROLES, email=f"p@{slug}.example", name=self.mark(slug)
            )
            self.browsers[name] = Client()
            self.browsers[name].force_login(self.people[name])
            self.members[slug].add(name)
            self._issue(name, slug)
            self._plan(slug)
            self._open(slug)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    def mark(self, slug: str) -> str:
        return f"{slug}mark{next(self.marks)}"

    def by(self, slug: str) -> User:
        return self.people[f"{slug} person"]

    def one(self, slug: str, kind: str, number: int) -> Any:
        rows = self.rows[slug][kind]
        return rows[number % len(rows)] if rows else None

    def _issue(self, name: str, slug: str) -> None:
        with institution_scope(self.institutions[slug]):
            _, secret = issue(user=self.people[name], label="x", days=1, by=self.people[name])
        self.tokens[name, slug] = secret

    def _open(self, slug: str) -> None:
        title = self.mark(slug)
        with institution_scope(self.institutions[slug]):
            name = self.mark(slug)
            case = make_asking_case(by=self.by(slug), title=title, family_name=name)
        self.rows[slug]["case"].append(case)
        self.titles[slug].add(name)

    def _plan(self, slug: str) -> None:
        with institution_scope(self.institutions[slug]):
            board = boards.add(name=self.mark(slug), by=self.by(slug))
            starts_at = timezone.now() + timezone.timedelta(days=9)
            meeting = meetings.plan(board=board, starts_at=starts_at, by=self.by(slug))
        self.rows[slug]["board"].append(board)
        self.rows[slug]["meeting"].append(meeting)

    # --- What people do in their own institution ------------------------------------------------

    @rule(slug=slugs)
    def open_case(self, slug: str) -> None:
        self._open(slug)

    @rule(slug=slugs)
    def plan_meeting(self, slug: str) -> None:
        self._plan(slug)

    @rule(slug=slugs, number=numbers)
    def put_on_a_list(self, slug: str, number: int) -> None:
        listed = {item.case_id for item in self.rows[slug]["item"]}
        free = [case for case in self.rows[slug]["case"] if case.pk not in listed]
        if not free:
            return
        with institution_scope(self.institutions[slug]):
            item = agendas.put_on(
                meeting=self.one(slug, "meeting", number),
                case=free[number % len(free)],
                question=self.mark(slug),
                by=self.by(slug),
            )
        self.rows[slug]["item"].append(item)

    @rule(slug=slugs, number=numbers)
    def decide(self, slug: str, number: int) -> None:
        item = self.one(slug, "item", number)
        if item is None:
            return
        with institution_scope(self.institutions[slug]):
            item = AgendaItem.objects.get(pk=item.pk)
            if Decision.objects.filter(agenda_item=item).exists():
                return
            draft(item, rationale=self.mark(slug), by=self.by(slug))
            sign(item, by=self.by(slug))
        self.signed[slug] += 1

    # --- People in two institutions -------------------------------------------------------------

    @rule(slug=slugs)
    def share(self, slug: str) -> None:
        name = f"{slug} person"
        if name in self.members[other(slug)]:
            return
        add_member(
            self.institutions[other(slug)], "COORDINATOR", email=f"p@{slug}.example", name=name
        )
        self.members[other(slug)].add(name)
        self._issue(name, other(slug))

    @rule(slug=slugs)
    def share_no_more(self, slug: str) -> None:
        name = f"{slug} person"
        if name not in self.members[other(slug)]:
            return
        with institution_scope(self.institutions[other(slug)]):
            memberships.remove(user=self.people[name], by=self.by(other(slug)))
        self.members[other(slug)].discard(name)
        # Sessions end where roles change: they sign in again.
        self.browsers[name] = Client()
        self.browsers[name].force_login(self.people[name])

    @rule(slug=slugs, page=st.sampled_from(PAGES))
    def switch_in_one_session(self, slug: str, page: str) -> None:
        for name, browser in self.browsers.items():
            for place in (slug, other(slug), slug):
                response = browser.get(reverse(page, args=[place]))
                is_member = name in self.members[place]
                assert response.status_code == (200 if is_member else 404), (name, place, page)
                self.no_foreign_mark(response, place, name)

    # --- Tries ----------------------------------------------------------------------------------

    @rule(
        slug=slugs,
        kind=st.sampled_from(sorted(PLACES)),
        number=numbers,
        page=numbers,
        method=st.sampled_from(["get", "post"]),
    )
    def guess_an_id(self, slug: str, kind: str, number: int, page: int, method: str) -> None:
        row = self.one(other(slug), kind, number)
        if row is None:
            return
        names = PLACES[kind]
        address = reverse(names[page % len(names)], args=[slug, row.pk])
        for name in self.members[slug]:
            response = getattr(self.browsers[name], method)(address)
            assert response.status_code in (404, 405), (name, address)
            self.no_foreign_mark(response, slug, name)

    @rule(slug=slugs, number=numbers)
    def put_on_a_foreign_list(self, slug: str, number: int) -> None:
        case = self.one(slug, "case", number)
        meeting = self.one(other(slug), "meeting", number)
        address = reverse("agenda_put_on", args=[slug, case.pk])
        browser = self.browsers[f"{slug} person"]
        response = browser.post(address, {"meeting": meeting.pk, "question": "?"})
        assert response.status_code in (200, 422)
        self.no_foreign_mark(response, slug, f"{slug} person")

    @rule(slug=slugs, number=numbers)
    def ask_the_api(self, slug: str, number: int) -> None:
        for (name, of), secret in self.tokens.items():
            script = Client(headers={"authorization": f"Bearer {secret}"})
            case = self.one(slug, "case", number)
            one = script.get(reverse("api_case", args=[slug, case.pk]))
            is_theirs = of == slug and name in self.members[slug]
            assert (one.status_code == 200) == is_theirs, (name, of, slug, one.status_code)
            foreign = self.one(other(slug), "case", number)
            crossed = script.get(reverse("api_case", args=[slug, foreign.pk]))
            assert crossed.status_code in (401, 404)
            every = script.get(reverse("api_cases", args=[slug]), {"page_size": 200})
            self.no_foreign_mark(every, slug, name)

    @rule(slug=slugs)
    def search_with_their_words(self, slug: str) -> None:
        for word in sorted(self.titles[other(slug)])[:3]:
            answer = self.browsers[f"{slug} person"].post(
                reverse("case_list", args=[slug]), {"q": word}, headers={"HX-Request": "true"}
            )
            assert not MARK.search(body_of(answer).decode().replace(word, ""))

    @rule(slug=slugs)
    def export(self, slug: str) -> None:
        browser = self.browsers[f"{slug} person"]
        answer = browser.post(reverse("case_export", args=[slug]), {"format": "csv", "q": ""})
        self.no_foreign_mark(answer, slug, f"{slug} person")
        text = body_of(answer).decode()
        assert all(name in text for name in self.titles[slug])

    def no_foreign_mark(self, response: Any, slug: str, name: str) -> None:
        """Nothing of the other institution, but the person's own name in the page's head."""
        text = body_of(response).decode(errors="replace").replace(self.people[name].name, "")
        foreign = {m[0] for m in MARK.finditer(text) if m[1] != slug}
        # Whoever is a member of both is offered the way to the other.
        assert foreign <= {f"{other(slug)}mark0"}, (name, foreign)
        if foreign:
            assert name in self.members[other(slug)]

    # --- What holds after every step ------------------------------------------------------------

    @invariant()
    def each_institution_has_its_rows_and_no_others(self) -> None:
        for slug in SLUGS:
            with institution_scope(self.institutions[slug]):
                known = {kind: {row.pk for row in rows} for kind, rows in self.rows[slug].items()}
                assert set(Case.objects.values_list("pk", flat=True)) == known["case"]
                assert set(Meeting.objects.values_list("pk", flat=True)) == known["meeting"]
                assert set(AgendaItem.objects.values_list("pk", flat=True)) == known["item"]
                assert Decision.objects.count() == self.signed[slug]

    @invariant()
    def outside_of_a_scope_there_is_nothing(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases_case")
            assert cursor.fetchone() == (0,)

    @precondition(lambda self: len(self.rows["north"]["case"]) % 3 == 0)
    @invariant()
    def pages_hold_no_foreign_mark(self) -> None:
        for name, browser in self.browsers.items():
            for slug in SLUGS:
                self.no_foreign_mark(browser.get(reverse("case_list", args=[slug])), slug, name)


@pytest.mark.django_db
def test_two_institutions_never_see_each_other(settings):
    """ASVS v5.0.0-8.4.1, ASVS v5.0.0-8.3.2, HIPAA 164.312(a)(1): in any order of what they do."""
    settings.RATE_PERSONAL_TOKEN = 10_000_000
    run_state_machine_as_test(TwoInstitutions, settings=PROFILE)


PROFILE = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
