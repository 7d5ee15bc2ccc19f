"""What only staff may do."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from auth_api.lockouts import lift
from auth_api.models import Lockout
from dashboard.listing import back_to
from dashboard.views.person import StaffView


class LiftView(StaffView):
    """The end of a lockout."""

    def post(self, request: HttpRequest, lockout_id: int) -> HttpResponse:
        """Lift it, as ``DELETE auth/lockouts/{id}/`` does."""
        lockout = get_object_or_404(Lockout.objects.on(), pk=lockout_id)
        lift(lockout, by=self.user)
        done = _("The lockout of %(whose)s is lifted.") % {"whose": lockout}
        messages.success(request, done, extra_tags="lockouts")
        return back_to("lockouts", request)
