"""The forms of the pages. What they ask is what the API asks; the services decide, as they do there."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException

from users.backends import MAX_PASSWORD_LENGTH

NAME_LENGTH = 254  # characters: the longest e-mail address


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
        """Put the cursor where there is something to do: into the first field that is wrong, or else empty."""
        asked = [name for name, field in self.fields.items() if field.required]
        wrong = [name for name in asked if name in self.errors]
        # A password is never sent back to the browser, so that its field is empty again.
        empty = [name for name in asked if isinstance(self.fields[name], PasswordField) or not self[name].value()]
        self.fields[(wrong or empty)[0]].widget.attrs["autofocus"] = True


class LoginForm(PageForm):
    """A name and a password."""

    username = forms.CharField(
        label=_("Username or e-mail address"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = PasswordField(label=_("Password"), autocomplete="current-password")
    remember = forms.BooleanField(label=_("Stay logged in on this device"), required=False)


def show(
    request: HttpRequest,
    template: str,
    form: PageForm,
    *,
    refusal: APIException | None = None,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Return the page with the form, empty or as it was refused: then under the refusal's status."""
    if refusal is not None:
        form.add_refusal(refusal)
    form.focus()
    is_wrong = status.HTTP_400_BAD_REQUEST if form.errors else status.HTTP_200_OK
    code = refusal.status_code if refusal is not None else is_wrong
    response = render(request, template, {"form": form, **(context or {})}, status=code)
    wait = getattr(refusal, "wait", None)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response
