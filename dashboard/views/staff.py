"""What only staff may do."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from auth_api.limiter import lift
from auth_api.models import Lockout
from dashboard.views.person import StaffView


class LiftView(StaffView):
    """The end of a lockout."""

    def post(self, request: HttpRequest, lockout_id: int) -> HttpResponse:
        """Lift it, as ``DELETE auth/lockouts/{id}/`` does."""
        lockout = get_object_or_404(Lockout.objects.on(), pk=lockout_id)
        lift(lockout, by=self.user)
        messages.success(request, _("The lockout of %(whose)s is lifted.") % {"whose": lockout})
        return redirect("dashboard")
