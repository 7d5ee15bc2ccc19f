"""URLs of the pages."""

from django.urls import path

from dashboard.views.account import DashboardView
from dashboard.views.doors import FaviconView, HomeView, LoginView, LogoutView

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("favicon.ico", FaviconView.as_view(), name="favicon"),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("dashboard/", DashboardView.as_view(), name="dashboard"),
]
