"""Subscriptions to events, as the Subscriptions R5 Backport guide has them for R4."""
