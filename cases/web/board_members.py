"""Who sits on a board: adding, changing, removing."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cases.models import Board, BoardMember
from cases.selectors.board_members import offered
from cases.services import board_members as services
from cases.services.errors import Refused
from cases.web.boards import board_page
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.boards import MemberForm, NewMemberForm
from cases.web.forms.known import initial_of
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.BOARD_MANAGE)
@require_POST
def add(request: InstitutionRequest, board_id: UUID) -> HttpResponse:
    """Put somebody on a board."""
    board = get_object_or_404(Board, pk=board_id)
    form = NewMemberForm(request.POST, people=offered(board))
    if form.is_valid():
        with errors_on(form):
            services.add(board=board, **form.cleaned_data, by=request.user)
            messages.success(request, "The board has a new member.")
            return redirect(_members(request, board.pk))
    return board_page(request, board, member_form=form)


@institution_view(Permission.BOARD_MANAGE)
@require_http_methods(["GET", "POST"])
def change(request: InstitutionRequest, member_id: UUID) -> HttpResponse:
    """Change what somebody does on a board."""
    member = _member_or_404(member_id)
    form = MemberForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of(member, ["duty", "specialty"]),
    )
    watch(form, member)
    if form.is_valid():
        with errors_on(form):
            services.change(member=member, **form.cleaned_data, by=request.user)
            messages.success(request, "The member is changed.")
            return redirect(_members(request, member.board_id))
    return form_page(request, "boards/board_member.html", {"member": member, "form": form})


@institution_view(Permission.BOARD_MANAGE)
@require_POST
def remove(request: InstitutionRequest, member_id: UUID) -> HttpResponse:
    """Take somebody off a board."""
    member = _member_or_404(member_id)
    try:
        services.remove(member=member, by=request.user)
        messages.success(request, "The member was taken off the board.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect(_members(request, member.board_id))


def _member_or_404(member_id: UUID) -> BoardMember:
    return get_object_or_404(BoardMember.objects.select_related("board", "person"), pk=member_id)


def _members(request: InstitutionRequest, board_id: UUID) -> str:
    return reverse("board", args=[request.institution.slug, board_id]) + "#members"
