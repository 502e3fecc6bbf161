"""Pages of allauth that are not offered here."""

from typing import NoReturn

from django.http import Http404, HttpRequest

from tumorboard.accounts.access import public_view


@public_view("is no page: an address comes with an invitation and is never changed")
def email(request: HttpRequest) -> NoReturn:
    """Nobody chooses an address by themselves.

    Who could would take that of somebody whom an institution is about to invite, let them set a
    password and join, and come back in by resetting it from an address of their own.
    """
    raise Http404
