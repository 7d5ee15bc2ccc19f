"""Signals of the accounts, where Django has none."""

from django.dispatch import Signal

credentials_accepted = Signal()
"""Sent by the backend when credentials were right, with ``request`` and ``user``. No login need follow."""
