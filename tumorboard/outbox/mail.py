"""Mail that leaves after the transaction that asks for it.

What stands in a mail leaves the house: no name, no record number, nothing of a patient. A mail
says that there is something to see, and links to it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.mail import EmailMessage

from tumorboard.outbox.queue import enqueue, handles

TOPIC = "mail"


@dataclass(frozen=True)
class Attachment:
    """A text file that goes with a mail, such as a calendar entry."""

    name: str
    text: str
    content_type: str


def post(
    *, to: Sequence[str], subject: str, body: str, attachment: Attachment | None = None
) -> None:
    """Ask for one mail to each address, so that nobody sees who else was written to.

    Raises:
        ScopeError: outside of an institution's scope.
    """
    for address in to:
        enqueue(
            TOPIC,
            {
                "to": address,
                "subject": subject,
                "body": body,
                "attachment": asdict(attachment) if attachment else None,
            },
        )


@handles(TOPIC)
def send(payload: dict[str, Any]) -> None:
    """Send one mail. May happen twice where a worker is killed right after."""
    message = EmailMessage(payload["subject"], payload["body"], to=[payload["to"]])
    if payload["attachment"]:
        attachment = Attachment(**payload["attachment"])
        message.attach(attachment.name, attachment.text, attachment.content_type)
    message.send()
