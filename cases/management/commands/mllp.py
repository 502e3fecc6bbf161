"""`manage.py mllp`: messages of HL7 v2 over MLLP, from one system of one institution."""

import argparse
import signal
import ssl
from typing import Any, NoReturn
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from cases.intake import tls
from cases.intake.mllp import Listener
from tumorboard.accounts.client_models import ApiClient
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

#: What IANA registered for HL7.
PORT = 2575


class Command(BaseCommand):
    """Listen until it is stopped."""

    help = "Take in messages of HL7 v2 over MLLP, with TLS or behind a proxy that ends it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Whose messages, and where."""
        parser.add_argument("--institution", required=True, metavar="SLUG")
        parser.add_argument("--client", required=True, type=UUID, metavar="CLIENT_ID")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=PORT)
        parser.add_argument("--certificate", metavar="FILE", help="with its chain, in PEM: TLS")
        parser.add_argument("--key", metavar="FILE", help="of the certificate, in PEM")
        parser.add_argument("--client-ca", metavar="FILE", help="who issues senders' certificates")
        parser.add_argument(
            "--sender",
            action="append",
            default=[],
            metavar="SHA256",
            help="fingerprint of a certificate that may send; else every one of the CA. Repeatable",
        )

    def handle(
        self, *args: Any, institution: str, client: UUID, host: str, port: int, **options: Any
    ) -> None:
        """Listen.

        Raises:
            CommandError: there is no such institution or client, what TLS needs is not whole, or
                the port is taken.
        """
        found = Institution.objects.filter(slug=institution).first()
        if found is None:
            message = f"There is no institution {institution}."
            raise CommandError(message)
        with institution_scope(found):
            if not ApiClient.objects.filter(pk=client, disabled_at=None).exists():
                message = "The institution has no such API client in use."
                raise CommandError(message)
        context, senders = _tls(**options)
        try:
            listener = Listener(
                (host, port), slug=institution, client_id=client, context=context, senders=senders
            )
        except OSError as error:
            message = f"Cannot listen at {host}, port {port}: {error.strerror}."
            raise CommandError(message) from None
        with listener:
            how = "with TLS" if context else "without TLS"
            self.stdout.write(f"Listening at {host}, port {listener.server_address[1]}, {how}.")
            before = signal.signal(signal.SIGTERM, _stop)
            try:
                listener.serve_forever()
            except KeyboardInterrupt:
                self.stdout.write("Stopping: what is being stored is stored and answered first.")
            finally:
                signal.signal(signal.SIGTERM, before)


def _tls(
    *,
    certificate: str | None,
    key: str | None,
    client_ca: str | None,
    sender: list[str],
    **options: Any,
) -> tuple[ssl.SSLContext | None, frozenset[str]]:
    """What the listener shows and whom it lets in; None where it speaks no TLS.

    Raises:
        CommandError: something is missing, or a file is not what it should be.
    """
    try:
        senders = frozenset(tls.fingerprint_of(each) for each in sender)
        if certificate and key and client_ca:
            found = tls.context_of(certificate=certificate, key=key, client_ca=client_ca)
            return found, senders
    except tls.Unusable as error:
        raise CommandError(str(error)) from None
    if certificate or key or client_ca or senders:
        message = "TLS needs all of --certificate, --key and --client-ca."
        raise CommandError(message)
    return None, senders


def _stop(number: int, frame: object) -> NoReturn:
    """End as with Ctrl-C; whoever runs services sends SIGTERM."""
    raise KeyboardInterrupt
