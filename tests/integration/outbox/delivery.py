"""Doing what waits in the outbox, as a worker would."""

from tumorboard.outbox.models import OutboxSignal
from tumorboard.outbox.queue import deliver


def deliver_all(*, most: int = 20) -> int:
    """Deliver what waits until nothing does; how many messages there were.

    Raises:
        AssertionError: after `most` messages there are still some.
    """
    for count in range(most):
        signal = OutboxSignal.objects.order_by("due_at", "id").first()
        if signal is None:
            return count
        deliver(str(signal.id))
    raise AssertionError("the jobs do not end")
