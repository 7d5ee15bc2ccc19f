"""The admin's forms for accounts, in words that are true here."""

from typing import Any

from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AdminUserCreationForm,
    ReadOnlyPasswordHashField,
    ReadOnlyPasswordHashWidget,
    SetUnusablePasswordMixin,
    UserChangeForm,
)
from django.contrib.auth.hashers import identify_hasher, make_password
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from users.models import User
from users.passwords import hash_in_turn
from users.staff import remove_password, set_password

# Django's speaks of other ways to log in, of which there are none.
WHETHER = _("Without a password nobody logs in to the account, until it is given one.")
WARNING = '{} <ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>'  # as Django's has it
# Django has no German for these. Named here they are in our catalogue, which comes before its own.
DJANGOS = (
    gettext_noop("After you’ve created a user, you’ll be able to edit more user options."),
    gettext_noop("Conflicting form data submitted. Please try again."),
    gettext_noop("Disable password-based authentication"),
    gettext_noop("Disabled"),
    gettext_noop("Enable password-based authentication"),
    gettext_noop("Enable password-based authentication for this user by setting a password."),
    gettext_noop("Enabled"),
    gettext_noop("Password-based authentication"),
    gettext_noop("Password-based authentication was disabled."),
    gettext_noop("Raw passwords are not stored, so there is no way to see the user’s password."),
    gettext_noop("Reset password"),
    gettext_noop("Set password: %s"),
    gettext_noop("This action will <strong>enable</strong> password-based authentication for this user."),
)


HASHED_BY = {"argon2id": "Argon2id", "pbkdf2_sha256": "PBKDF2"}


class PasswordStateWidget(ReadOnlyPasswordHashWidget):
    """Says whether there is a password, and how it is hashed. Django's shows how salt and hash begin."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return what the template shows."""
        context = super().get_context(name, value, attrs)
        if "value" in context["summary"][0]:  # otherwise it says why there is nothing to be summed up
            decoded = identify_hasher(value).decode(value)
            algorithm = decoded.get("variety", decoded["algorithm"])
            shown = {"label": gettext("A password is set"), "value": HASHED_BY.get(algorithm, algorithm)}
            context["summary"] = [shown]
        return context


class AccountForm(UserChangeForm):
    """Changes an account, of whose password it shows nothing."""

    password = ReadOnlyPasswordHashField(
        label=_("Password"),
        help_text=_("Raw passwords are not stored, so there is no way to see the user’s password."),
        widget=PasswordStateWidget,
    )


class AccountCreationForm(AdminUserCreationForm):
    """Makes an account, with a password or without."""

    usable_password = SetUnusablePasswordMixin.create_usable_password_field(WHETHER)

    def hashed(self) -> str:
        """Hash the password, if there is to be one. Not to be called in a transaction.

        Raises:
            Overloaded: there is no time for it.
        """
        filled = self.cleaned_data
        return hash_in_turn(filled["password1"]) if filled["set_usable_password"] else make_password(None)

    def set_password_and_save(self, user: User, *args: Any, **options: Any) -> User:
        """Do neither: Django calls it in a transaction. The admin has had the password hashed before."""
        return user


class AccountPasswordForm(AdminPasswordChangeForm):
    """Has a password given or taken away as at the API. Django's form would save the whole account."""

    usable_password_help_text = format_lazy(  # type: ignore[assignment]  # the stubs know of no lazy text here
        WARNING, WHETHER, _("The account's present password will be lost.")
    )

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        self.by = by
        super().__init__(*args, **options)

    def save(self, commit: bool = True) -> User:  # noqa: FBT002 - as Django declares it
        """Write it."""
        if not self.cleaned_data["set_usable_password"]:
            return remove_password(by=self.by, account=self.user)
        return set_password(by=self.by, account=self.user, new_password=self.cleaned_data["password1"])
