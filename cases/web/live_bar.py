"""The bar of a running meeting, made once for all who see it alike.

Whenever the meeting changes, two hundred pages ask for the bar within a second. Who may read is
asked for each of them at the door. What is made here for all is given nothing of a request: only
the meeting and a `Follower`, so that nothing of one person can come to another.
"""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string

from cases.models import Attendance, Meeting
from cases.models.specialty import Specialty
from cases.selectors import live as selectors
from cases.selectors.agendas import is_over
from cases.selectors.live import Live, LiveCase
from cases.selectors.quorum import inside_sentence
from cases.services import discussions
from cases.web.shared_readings import shared
from tumorboard.accounts.access import InstitutionRequest
from tumorboard.accounts.permissions import Permission
from tumorboard.tenancy.scope import current_institution

#: Stands in a shared bar where each reader's own token against forgery is put; none can guess it.
TOKEN_PLACE = secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Follower:
    """All by which the bars of two people may differ; who is alike in it gets the same one.

    Attributes:
        look: the item of the case that this person sees, if there is any.
        leads: whether the keys of this person move everybody.
        is_mine: whether the newest state of the draft is what this person wrote.
        is_here: whether this person is noted as present, and `here_for` which specialty.
        seat: the specialty that this person stands for on the board.
        refused: what was just refused, if anything.
        case_part: the case, where it comes along; so does `decision_part`.
    """

    permissions: frozenset[Permission]
    look: UUID | None
    leads: bool
    is_mine: bool
    is_here: bool
    here_for: str
    seat: Specialty | None
    refused: str = ""
    case_part: str = ""
    decision_part: str = ""


def live_or_404(meeting_id: UUID) -> Live:
    """The meeting as it stands, read once for all who ask after the same change."""
    revision = selectors.revision_of(meeting_id)
    if revision is None:
        raise Http404
    return shared(("live", meeting_id, revision), lambda: _live(meeting_id))


def looked_at(request: InstitutionRequest, live: Live) -> LiveCase | None:
    """The case that somebody sees: one of their own choice, or the one before the board."""
    own = request.GET.get("item") or request.POST.get("look", "")
    return _case(live, own) or live.shown or live.to_begin_with


def follower_of(request: InstitutionRequest, live: Live, refused: str = "") -> Follower:
    """Who asks for the bar, as far as it matters to the bar."""
    looked = looked_at(request, live)
    draft = looked.line.draft if looked else None
    person_id = request.user.pk
    here = next((p for p in live.people if p.person_id == person_id), None)
    seat = live.seats.get(person_id)
    return Follower(
        permissions=request.permissions,
        look=looked.item.pk if looked else None,
        # Who showed the last case leads on with the same keys; everybody else leafs alone.
        leads=_may_run(live, request.permissions)
        and live.presenter_id == person_id
        and not _is_astray(live, looked),
        is_mine=draft is not None and draft.changed_by_id == person_id,
        is_here=here is not None,
        here_for=_stands_for(here) if here else "",
        seat=Specialty(seat) if seat else None,
        refused=refused,
    )


def bar_context(live: Live, follower: Follower) -> dict[str, Any]:
    """The context of `templates/boards/live_bar.html`, of nothing but the arguments."""
    meeting = live.meeting
    looked = live.case(follower.look) if follower.look else None
    may_run = _may_run(live, follower.permissions)
    return {
        "follower": follower,
        "meeting": meeting,
        "live": live,
        "looked": looked,
        "is_astray": _is_astray(live, looked),
        "previous": live.before(looked) if looked else None,
        "next": live.after(looked) if looked else None,
        "may_run": may_run,
        # A day that is past is still ended, so that its list can be settled.
        "may_end": Permission.AGENDA_WRITE in follower.permissions
        and meeting.began_at is not None
        and meeting.ended_at is None
        and meeting.cancelled_at is None,
        "is_closed": _is_closed(meeting),
        "screen_stamp": _stamp(live, looked) if looked else "",
        "is_early": may_run and meeting.began_at is None and discussions.is_early(meeting),
        "earliest_hours": discussions.EARLIEST.seconds // 3600,
        "specialties": Specialty.choices,
    }


def bar_html(request: InstitutionRequest, live: Live, follower: Follower) -> str:
    """The bar of one follower: the one of all who are alike, with this reader's own token."""
    bar = shared(
        ("bar", live.meeting.pk, live.at, follower),
        lambda: alike_html(
            "boards/live_bar.html",
            follower.permissions,
            {**bar_context(live, follower), "csrf_token": TOKEN_PLACE},
        ),
    )
    return bar.replace(TOKEN_PLACE, get_token(request))


def alike_html(template: str, permissions: frozenset[Permission], context: dict[str, Any]) -> str:
    """A template rendered for all who hold the same permissions: it knows of no request."""
    may = {permission.name: True for permission in permissions}
    return render_to_string(template, {**context, "institution": current_institution(), "may": may})


def _live(meeting_id: UUID) -> Live:
    meetings = Meeting.objects.select_related("board")
    return selectors.live(get_object_or_404(meetings, pk=meeting_id))


def _case(live: Live, item_id: str) -> LiveCase | None:
    try:
        return live.case(UUID(item_id))
    except ValueError:
        return None


def _is_closed(meeting: Meeting) -> bool:
    """Whether no case comes before the board any more: canceled, ended, or of a past day."""
    return meeting.cancelled_at is not None or is_over(meeting)


def _may_run(live: Live, permissions: frozenset[Permission]) -> bool:
    return Permission.AGENDA_WRITE in permissions and not _is_closed(live.meeting)


def _is_astray(live: Live, looked: LiveCase | None) -> bool:
    """Whether somebody sees another case than the board; afterwards everybody leafs alone."""
    has_shown = live.shown is not None and not _is_closed(live.meeting)
    return has_shown and looked is not None and looked is not live.shown


def _stamp(live: Live, looked: LiveCase) -> str:
    key = ("stamp", looked.item.pk, live.at)
    return shared(key, lambda: selectors.screen_stamp(looked.item))


def _stands_for(here: Attendance) -> str:
    """For which specialty somebody is present, inside a sentence; as noted where in words only."""
    code = here.specialty_code
    return inside_sentence(Specialty(code)) if code in Specialty.values else here.specialty
