"""What workers do for people and clients; nothing but registration."""

from celery import shared_task

from tumorboard.accounts import access_tokens, rate_limits, sessions, sign_in_history, throttle
from tumorboard.accounts.sso import arrivals, spent


def _sweep_api_clients() -> None:
    """Forget what is over: tokens, spent assertions, counts."""
    access_tokens.sweep()
    rate_limits.sweep()


shared_task(name="api_clients.sweep")(_sweep_api_clients)


def _sweep_sign_ins() -> None:
    """Forget what is over: sessions, counts of guesses, sign-ins of more than a year ago."""
    sessions.sweep()
    throttle.sweep()
    sign_in_history.sweep()
    spent.sweep()
    arrivals.sweep()


shared_task(name="sign_in.sweep")(_sweep_sign_ins)
