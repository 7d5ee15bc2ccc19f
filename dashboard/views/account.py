"""One's own account."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import TemplateView


class DashboardView(LoginRequiredMixin, TemplateView):
    """Who I am."""

    template_name = "dashboard/dashboard.html"
