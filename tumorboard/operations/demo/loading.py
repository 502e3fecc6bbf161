"""Loading the demo, once."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import transaction

from guidance.editions import adoptions
from guidance.editions.models import GuidancePolicy
from tumorboard.accounts.models import Membership, User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.roles import Role
from tumorboard.operations.demo.board import add_board
from tumorboard.operations.demo.local import acknowledge_a_check, add_local_policy
from tumorboard.operations.demo.record import add_record
from tumorboard.operations.demo.restricted import add_restricted
from tumorboard.operations.demo.stories import stories, write
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope
from tumorboard.vault import keyring

#: The password of every demo account. A demo installation holds no real patient.
PASSWORD = "demo-only-password"  # noqa: S105 - printed at every start, and meant to be

NORTH = ("north", "North Demo Hospital")
SOUTH = ("south", "South Demo Hospital")

PEOPLE = {
    NORTH: [
        (Role.COORDINATOR, "coordinator@north.example", "Cora Nottareal"),
        (Role.CLINICIAN, "clinician@north.example", "Clint Fictional"),
        (Role.RADIOLOGIST, "radiologist@north.example", "Ray Madeup"),
        (Role.PATHOLOGIST, "pathologist@north.example", "Patty Invented"),
        (Role.BOARD_CHAIR, "chair@north.example", "Charlie Imaginary"),
        (Role.ADMINISTRATOR, "admin@north.example", "Addie Pretend"),
        (Role.PRIVACY_OFFICER, "privacy@north.example", "Penny Pretend"),
    ],
    SOUTH: [
        (Role.COORDINATOR, "coordinator@south.example", "Sue Notexisting"),
        (Role.BOARD_CHAIR, "chair@south.example", "Sam Fabricated"),
        (Role.ADMINISTRATOR, "admin@south.example", "Sal Pretend"),
    ],
}


def _start(role: Role) -> str:
    """Where in the institution a person begins: at the cases, or who sees none at the people.

    Who manages no people either begins at the audit.
    """
    if Permission.CASE_READ in role.value.permissions:
        return ""
    return "people/" if Permission.PEOPLE_MANAGE in role.value.permissions else "audit/"


class SignIn(NamedTuple):
    """One demo account, as `make run` prints it."""

    institution: str
    path: str
    role: str
    email: str
    password: str


SIGN_INS = [
    SignIn(name, f"/i/{slug}/{_start(role)}", role.value.label, email, PASSWORD)
    for (slug, name), people in PEOPLE.items()
    for role, email, _ in people
]


@transaction.atomic
def load() -> bool:
    """Load the demo unless it is there; whether anything was loaded."""
    if Institution.objects.filter(slug=NORTH[0]).exists():
        return False
    for (slug, name), people in PEOPLE.items():
        institution = Institution.objects.create(slug=slug, name=name)
        with institution_scope(institution):
            keyring.begin()
            adoptions.begin()
            users = [_member(role, email, person) for role, email, person in people]
            _fill(slug, users)
    return True


def _member(role: Role, email: str, name: str) -> User:
    user = User.objects.create_user(email=email, name=name, password=PASSWORD)
    Membership.objects.create(user=user, role=role.name)
    return user


def _fill(slug: str, users: Sequence[User]) -> None:
    """Write the cases; `users` in the order of `PEOPLE`."""
    coordinator = users[0]
    if slug == NORTH[0]:
        *team, _, officer = users
        chair = team[-1]
        # The vignettes are written for WHO 2010.
        GuidancePolicy.objects.create(who_version="WHO2010")
        cases = {
            story.id: write(story, number, by=coordinator)
            for number, story in enumerate(stories(), start=1)
        }
        add_local_policy(by=chair)
        acknowledge_a_check(cases, by=chair)
        add_board(cases, team)
        add_record(coordinator=coordinator, radiologist=team[2])
        add_restricted(coordinator=coordinator, chair=chair, clinician=team[1], officer=officer)
    else:
        GuidancePolicy.objects.create()
        for number, story in enumerate(stories()[:3], start=1):
            write(story, number, by=coordinator, prefix="S")
