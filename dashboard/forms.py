"""The forms of the pages. What they ask is what the API asks; the services decide, as they do there."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from rest_framework.exceptions import APIException, ValidationError

from auth_api.confirmation import InvalidCredentials
from auth_api.models import NAME_LENGTH, Scope
from dashboard import lifetimes
from users.backends import MAX_PASSWORD_LENGTH
from users.models import User
from users.names import LONGEST_LOGIN
from users.passwords import check_new
from users.services import InvalidPassword


def rules() -> str:
    """Return what a new password has to be."""
    return " ".join(password_validators_help_texts())


class PasswordField(forms.CharField):
    """A password, taken as it is. ``autocomplete`` tells password managers which one is meant."""

    def __init__(self, *, autocomplete: str, **options: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(strip=False, max_length=MAX_PASSWORD_LENGTH, widget=widget, **options)


class PageForm(forms.Form):
    """A form that can show what a service refused."""

    def add_refusal(self, refusal: APIException) -> None:
        """Show the refusal at the fields it is about, except where the form itself has found fault."""
        detail = refusal.detail if isinstance(refusal.detail, dict) else {NON_FIELD_ERRORS: refusal.detail}
        for name, texts in detail.items():
            field = name if name in self.fields else NON_FIELD_ERRORS
            if not self.has_error(field):
                self.add_error(field, [str(text) for text in ([texts] if isinstance(texts, str) else texts)])

    def focus(self) -> None:
        """Put the cursor where there is something to do: into the first field that is wrong or empty."""
        asked = [name for name, field in self.fields.items() if field.required]
        first = next(name for name in asked if name in self.errors or self.is_empty(name))
        self.fields[first].widget.attrs["autofocus"] = True

    def is_empty(self, name: str) -> bool:
        """Whether the field is shown empty. A password is never sent back to the browser."""
        return isinstance(self.fields[name], PasswordField) or not self[name].value()


class LoginForm(PageForm):
    """A name and a password."""

    username = forms.CharField(
        label=_("Username or e-mail address"),
        max_length=LONGEST_LOGIN,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = PasswordField(label=_("Password"), autocomplete="current-password")
    remember = forms.BooleanField(label=_("Stay logged in on this device"), required=False)


class TokenForm(PageForm):
    """A token made on purpose."""

    name = forms.CharField(
        label=_("Name"), max_length=NAME_LENGTH, help_text=_("What it is for, such as: backup script.")
    )
    scope = forms.ChoiceField(
        label=_("What it may do"), choices=Scope.choices, initial=Scope.READ, widget=forms.RadioSelect
    )
    days = forms.TypedChoiceField(
        label=_("How long it lives"),
        choices=lifetimes.choices,
        coerce=int,
        empty_value=None,
        required=False,
        help_text=lazy(lifetimes.idle_rule, str)(),
    )
    password = PasswordField(
        label=_("Your password, once more"),
        autocomplete="current-password",
        help_text=_("So that nobody makes a token who finds this browser unattended."),
    )
    once = forms.UUIDField(widget=forms.HiddenInput, required=False)  # another one each time that the form is shown

    def add_refusal(self, refusal: APIException) -> None:
        """Who is logged in has told their name already."""
        if isinstance(refusal, InvalidCredentials):
            refusal = InvalidPassword({"password": InvalidPassword.default_detail["current_password"]})
        super().add_refusal(refusal)

    def asked(self) -> dict[str, Any]:
        """Return what was filled in, as ``log_in`` takes it."""
        filled = self.cleaned_data
        expires_at = timezone.now() + timedelta(days=filled["days"]) if filled["days"] else None
        names = {"device_name": filled["name"], "scope": Scope(filled["scope"]), "expires_at": expires_at}
        return names | {"password": filled["password"]}


class PasswordForm(PageForm):
    """The password that is, and twice the one that shall be."""

    current_password = PasswordField(label=_("Current password"), autocomplete="current-password")
    new_password = PasswordField(label=_("New password"), autocomplete="new-password", help_text=lazy(rules, str)())
    again = PasswordField(label=_("New password, again"), autocomplete="new-password")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    @sensitive_variables("filled", "new")
    def clean(self) -> dict[str, Any]:
        """Catch a slip of the finger, since nobody sees what they type; and say at once what else is wrong."""
        filled = super().clean() or self.cleaned_data
        new = filled.get("new_password")
        if new is not None and "again" in filled and new != filled["again"]:
            self.add_error("again", _("This is not the same."))
        if new is not None:
            self.check_new(new)
        return filled

    @sensitive_variables("password")
    def check_new(self, password: str) -> None:
        """Ask the rules, as ``change_password`` does: to it comes only what was typed twice."""
        try:
            check_new(password, self.user, field="new_password")
        except ValidationError as refusal:
            self.add_refusal(refusal)

    def asked(self) -> dict[str, Any]:
        """Return what was filled in, as ``change_password`` takes it."""
        return {name: self.cleaned_data[name] for name in ("current_password", "new_password")}
