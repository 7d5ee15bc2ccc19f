"""Signals of the login log."""

from django.dispatch import Signal

attempt_recorded = Signal()
"""Sent in the transaction that writes an attempt's row, with ``request`` and ``attempt``."""
