"""How allauth's sign-in behaves here."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest

from tumorboard.accounts import notices, second_factor, sessions, sign_in_history, throttle
from tumorboard.accounts.models import User
from tumorboard.audit.origin import client_network

#: [INT] Seconds after signing in within which a change of sign-in asks for nothing more.
FRESH_SECONDS = 5 * 60
WAIT = (
    "There were too many tries, so this one was not looked at. Wait a few minutes, then try again. "
    "A passkey works at once."
)


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; guessing is slowed down; what happens is written down."""

    error_messages = {**DefaultAccountAdapter.error_messages, "too_many_login_attempts": WAIT}
    _guess: throttle.Guess | None = None

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: people come by invitation."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """People have no user name, only a mail address."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """As those who ask are counted."""
        return client_network(request) or "unknown"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not right after signing in, which was proof enough."""
        signed_in_at = context.request.session.get(sessions.SIGNED_IN_AT, 0)
        return bool(time.time() - signed_in_at > FRESH_SECONDS)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Where a second factor is to be proven, the password is no way to do it."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        request = context.request
        if second_factor.is_wanting(request) and second_factor.has_one(user):
            return [method for method in methods if method["id"] != "reauthenticate"]
        return methods

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the guess.

        Raises:
            ValidationError: it must not be looked at yet.
        """
        account = str(credentials.get("email", ""))
        self._guess = throttle.count(request, purpose=throttle.PASSWORD, account=account)
        if self._guess is None:
            _note(request, account, sign_in_history.Kind.WAITED)
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Whose password it is; what was right was no guess."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None and self._guess is not None:
            self._guess.right()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Tell the person, where there is such a one; never who was only asked for."""
        _note(request, str(credentials.get("email", "")), sign_in_history.Kind.PASSWORD_WRONG)

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Whether it is this person's password; counted like a sign-in."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail; a server that does not answer must not tell known from unknown addresses."""
        with notices.quietly():
            super().send_mail(template_prefix, email, context)


def _note(request: HttpRequest, account: str, kind: sign_in_history.Kind) -> None:
    user = User.objects.filter(email=account.strip().lower()).first()
    if user is not None:
        sign_in_history.note(user=user, kind=kind, request=request, method="password")
