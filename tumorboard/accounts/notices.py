"""Mails to a person about their own sign-in: what happened, when and from where; nothing else.

Not by the outbox, which needs an institution: these belong to none.
"""

import contextlib
import functools
import logging
from collections.abc import Iterator

from django.core import mail
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from tumorboard.accounts import device
from tumorboard.accounts.models import User
from tumorboard.audit.origin import client_address

logger = logging.getLogger(__name__)

#: A mail server that does not answer must not hold a page for longer.
TIMEOUT_SECONDS = 10


def tell(user: User, *, subject: str, what: str, request: HttpRequest | None) -> None:
    """Mail the person after the commit.

    Args:
        subject: of the mail; nothing secret.
        what: what happened, as a sentence.
        request: from where; None where the person was not there.
    """
    letter = render_to_string(
        "account/notice_mail.txt",
        {
            "user": user,
            "what": what,
            "at": timezone.now(),
            "device": device.words_of(request) if request is not None else "",
            "address": client_address(request) if request is not None else "",
        },
    )
    transaction.on_commit(functools.partial(_send, user.email, subject, letter))


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Go on where a mail cannot be sent; the log says so, without the address."""
    try:
        yield
    except Exception as error:
        logger.warning("a mail about sign-in was not sent: %s", type(error).__name__)


def _send(email: str, subject: str, letter: str) -> None:
    with quietly(), mail.get_connection(timeout=TIMEOUT_SECONDS) as connection:
        message = mail.EmailMessage(
            f"Tumorboard: {subject}", letter, to=[email], connection=connection
        )
        message.send()
