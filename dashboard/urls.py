"""URLs of the pages."""

from django.urls import path

from dashboard.views.account import DashboardView, PasswordView, TokenCreateView
from dashboard.views.doors import FaviconView, HomeView, LoginView, LogoutView
from dashboard.views.ends import DisownView, SessionEndView, TokenEndView
from dashboard.views.staff import LiftView

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("favicon.ico", FaviconView.as_view(), name="favicon"),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("dashboard/", DashboardView.as_view(), name="dashboard"),
    path("dashboard/lockouts/<int:lockout_id>/lift/", LiftView.as_view(), name="lockout-lift"),
    path("dashboard/password/", PasswordView.as_view(), name="password"),
    path("dashboard/tokens/", TokenCreateView.as_view(), name="token-create"),
    path("dashboard/tokens/<uuid:token_id>/end/", TokenEndView.as_view(), name="token-end"),
    path("dashboard/sessions/<uuid:session_id>/end/", SessionEndView.as_view(), name="session-end"),
    path("dashboard/logins/<int:login_id>/disown/", DisownView.as_view(), name="disown"),
]
