"""What a session is bound to that began at an institution's identity provider, or at its EHR.

It reaches that institution and nothing else, whatever else its person may do: who runs the
provider could begin a session of anybody whom it may name. So such a session also changes nothing
about how the person signs in, which would open other institutions later.
"""

import time
import uuid
from typing import NamedTuple

from django.http import HttpRequest

#: Keys of the session: what it is bound to; when the person last proved there who they are (seconds
#: since the epoch).
BOUND, CONFIRMED = "single_sign_on", "single_sign_on_confirmed"
#: Set on a request that begins a session.
ANNOUNCED = "single_sign_on_announced"
#: [INT] Seconds for which a confirmation holds, once.
CONFIRMED_SECONDS = 5 * 60

#: Pages that change how a person signs in, by the names of their addresses.
CREDENTIAL_PAGES = frozenset({"mfa_remove_webauthn", "recovery_codes_kept"})
#: allauth's pages that change nothing about it, or that need the person's mailbox.
HARMLESS = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }
)


class Binding(NamedTuple):
    """To which institution a session is bound, by which provider, and whether that asked for a
    second factor that counts here.

    Of a session that began at an EHR `provider_id` is that EHR's; whether it counts where people
    must come by an identity provider, the institution said of it.
    """

    institution_id: uuid.UUID
    provider_id: uuid.UUID
    has_factor: bool
    is_by_ehr: bool = False
    stands_for_provider: bool = True


def announce(request: HttpRequest, institution_id: uuid.UUID) -> None:
    """Say, before the session begins, to which institution it will be bound."""
    setattr(request, ANNOUNCED, institution_id)


def reach_of(request: HttpRequest) -> uuid.UUID | None:
    """The institution alone that the session reaches, or will reach; None: all of its person's."""
    announced: uuid.UUID | None = getattr(request, ANNOUNCED, None)
    binding = binding_of(request)
    return binding.institution_id if binding else announced


def bind(request: HttpRequest, binding: Binding) -> None:
    """Bind the session that has just begun."""
    request.session[BOUND] = [
        str(binding.institution_id),
        str(binding.provider_id),
        binding.has_factor,
        binding.is_by_ehr,
        binding.stands_for_provider,
    ]


def binding_of(request: HttpRequest) -> Binding | None:
    """What the session is bound to; None for one that began with the person's own sign-in."""
    kept = request.session.get(BOUND)
    if kept is None:
        return None
    # Sessions that began before EHRs could begin some say three things only.
    institution, provider, *words = kept
    return Binding(uuid.UUID(institution), uuid.UUID(provider), *words)


def is_by_provider(request: HttpRequest) -> bool:
    """Whether the session began at an identity provider, which can confirm who it is."""
    binding = binding_of(request)
    return binding is not None and not binding.is_by_ehr


def is_bound_elsewhere(request: HttpRequest, institution_id: uuid.UUID) -> bool:
    """Whether the session is bound to another institution than this one."""
    binding = binding_of(request)
    return binding is not None and binding.institution_id != institution_id


def has_factor(request: HttpRequest) -> bool:
    """Whether the provider asked for a second factor that counts."""
    binding = binding_of(request)
    return binding is not None and binding.has_factor


def forget(request: HttpRequest) -> None:
    """Let nothing of a provider's word outlive a new sign-in in the same session."""
    request.session.pop(BOUND, None)
    request.session.pop(CONFIRMED, None)


def confirm(request: HttpRequest) -> None:
    """Note that the person has just proved at the provider who they are."""
    request.session[CONFIRMED] = time.time()


def is_confirmed(request: HttpRequest) -> bool:
    """Whether that was a few minutes ago at most, and nothing was signed with it since."""
    return bool(time.time() - request.session.get(CONFIRMED, 0) < CONFIRMED_SECONDS)


def forget_confirmation(request: HttpRequest) -> None:
    """Use it up."""
    request.session.pop(CONFIRMED, None)
