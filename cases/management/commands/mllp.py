"""`manage.py mllp`: messages of HL7 v2 over MLLP, from one system of one institution."""

import argparse
import signal
from typing import Any, NoReturn
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from cases.intake.mllp import Listener
from tumorboard.accounts.client_models import ApiClient
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

#: What IANA registered for HL7.
PORT = 2575


class Command(BaseCommand):
    """Listen until it is stopped."""

    help = "Take in messages of HL7 v2 over MLLP. TLS is ended by a proxy before it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Whose messages, and where."""
        parser.add_argument("--institution", required=True, metavar="SLUG")
        parser.add_argument("--client", required=True, type=UUID, metavar="CLIENT_ID")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=PORT)

    def handle(
        self, *args: Any, institution: str, client: UUID, host: str, port: int, **options: Any
    ) -> None:
        """Listen.

        Raises:
            CommandError: there is no such institution or client, or the port is taken.
        """
        found = Institution.objects.filter(slug=institution).first()
        if found is None:
            message = f"There is no institution {institution}."
            raise CommandError(message)
        with institution_scope(found):
            if not ApiClient.objects.filter(pk=client, disabled_at=None).exists():
                message = "The institution has no such API client in use."
                raise CommandError(message)
        try:
            listener = Listener((host, port), slug=institution, client_id=client)
        except OSError as error:
            message = f"Cannot listen at {host}, port {port}: {error.strerror}."
            raise CommandError(message) from None
        with listener:
            self.stdout.write(f"Listening at {host}, port {listener.server_address[1]}.")
            before = signal.signal(signal.SIGTERM, _stop)
            try:
                listener.serve_forever()
            except KeyboardInterrupt:
                self.stdout.write("Stopping: what is being stored is stored and answered first.")
            finally:
                signal.signal(signal.SIGTERM, before)


def _stop(number: int, frame: object) -> NoReturn:
    """End as with Ctrl-C; whoever runs services sends SIGTERM."""
    raise KeyboardInterrupt
