"""Signals of the login log."""

from django.dispatch import Signal

attempt_recorded = Signal(use_caching=True)
"""Sent when an attempt's row is written, with ``request`` and ``attempt``.

That is in the same transaction where ``users.attempts.await_outcome`` has asked for it, or where one was open before:
there a receiver that fails takes the row with it. Elsewhere the row stays.
"""
