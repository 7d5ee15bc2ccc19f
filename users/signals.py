"""Signals of the accounts, where Django has none."""

from django.dispatch import Signal

credentials_accepted = Signal()
"""Sent by the backend when credentials were right, with ``request`` and ``user``. No login need follow."""

password_rehashed = Signal()
"""Sent in the transaction that stores another hash of the same password, with ``user`` and the account as it was
``before``."""

password_changed = Signal()
"""Sent in the transaction in which someone changes the password of their own account, with ``request`` and ``user``."""
