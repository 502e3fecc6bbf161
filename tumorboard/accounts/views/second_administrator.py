"""What the second of two administrators says of a change."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError

from tumorboard.accounts.access import InstitutionRequest
from tumorboard.accounts.two_administrators import Row, TwoAdministrators


def decide(
    request: InstitutionRequest, agreed: TwoAdministrators[Row, Any], row: Row, *, holds_from: str
) -> None:
    """Let the change that the form speaks of hold, or forget it; the next page says which."""
    try:
        if "confirm" in request.POST:
            agreed.confirm(row, version=request.POST.get("version", ""), by=request.user)
            messages.success(request, f"Confirmed. It holds from {holds_from} on.")
        else:
            agreed.take_back(row, by=request.user)
            messages.success(request, "The change is taken back: what held goes on.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
