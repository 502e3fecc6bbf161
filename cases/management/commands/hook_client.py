"""`manage.py hook_client`: let an API client of an institution ask by CDS Hooks."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from cases.services.errors import Invalid
from cases.services.hook_clients import Ways, register
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import everybody_with
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


class Command(BaseCommand):
    """Say which issuer a client's JWTs name, and which FHIR server it may let us ask."""

    help = "Let a registered API client ask by CDS Hooks, or change how."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which client, and how."""
        parser.add_argument("slug", help="the institution")
        parser.add_argument("client", help="the client_id")
        parser.add_argument("--issuer", required=True, help="the iss of its JWTs")
        parser.add_argument("--tenant", default="", help="the tenant of its JWTs, if it is checked")
        parser.add_argument("--subject", default="", help="the sub of its JWTs, if it is checked")
        parser.add_argument("--fhir-server", default="", help="its FHIR server, if it is asked")
        parser.add_argument(
            "--origin", action="append", default=[], help="an origin of browsers that may read"
        )
        parser.add_argument("--by", required=True, help="the e-mail address of an administrator")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Register it.

        Raises:
            CommandError: something of it cannot be.
        """
        institution = Institution.objects.filter(slug=options["slug"]).first()
        if institution is None:
            message = "There is no such institution."
            raise CommandError(message)
        with institution_scope(institution):
            managers = everybody_with(Permission.CLIENT_MANAGE)
            by = managers.filter(email__iexact=options["by"]).first()
            if by is None:
                message = "This is nobody who manages API clients there."
                raise CommandError(message)
            try:
                client = ApiClient.objects.get(pk=options["client"], disabled_at=None)
                ways = Ways(
                    issuer=options["issuer"],
                    tenant=options["tenant"],
                    subject=options["subject"],
                    fhir_server=options["fhir_server"],
                    origins=options["origin"],
                )
                register(client=client, ways=ways, by=by)
            except (ApiClient.DoesNotExist, ValidationError):
                message = "There is no such client."
                raise CommandError(message) from None
            except Invalid as error:
                raise CommandError(str(error)) from None
        self.stdout.write(f"{client.label} may ask by CDS Hooks.")
