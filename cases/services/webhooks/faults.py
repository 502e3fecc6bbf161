"""Why an event could not be sent."""

from cases.models.webhook import Fault


class SendError(Exception):
    """An attempt failed; nothing that the other side said is kept but its status."""

    def __init__(self, fault: Fault, status_code: int | None = None) -> None:
        self.fault, self.status_code = fault, status_code
        super().__init__(fault)
