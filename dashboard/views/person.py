"""What all pages of somebody who is logged in have in common."""

from typing import Any, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS

from users.models import User


@method_decorator(sensitive_post_parameters(), name="dispatch")  # passwords, for reports of errors
class PersonView(LoginRequiredMixin, View):
    """A view for those who are logged in."""

    @property
    def user(self) -> User:
        """The account."""
        return cast(User, self.request.user)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Serve the request, unless its session is not there, or is ended meanwhile.

        A method that there is not is refused before that: after the login it would be refused as well.
        """
        if request.method not in self._allowed_methods():  # type: ignore[attr-defined]  # missing in the stubs
            return self.http_method_not_allowed(request, *args, **kwargs)
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotAuthenticated:
            return self.handle_no_permission()

    def handle_no_permission(self) -> HttpResponseRedirect:
        """Send to the login, and back to a page that can be read."""
        is_readable = self.request.method in SAFE_METHODS
        return redirect_to_login(self.request.get_full_path() if is_readable else reverse("dashboard"))


class StaffView(PersonView):
    """A view for staff."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse others."""
        if request.user.is_authenticated and not self.user.is_staff:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)
