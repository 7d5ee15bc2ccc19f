"""What the peers answer beside their own logins."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, JsonResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks import accounts


def as_json(user: AbstractUser) -> dict[str, Any]:
    """Return what Latchkey says of an account. A serializer of REST framework's would take longer."""
    return {
        "id": user.pk,
        "username": user.get_username(),
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "is_staff": user.is_staff,
        "date_joined": as_iso(user.date_joined),
        "last_login": as_iso(user.last_login),
    }


def as_iso(moment: datetime | None) -> str | None:
    """Return the time as REST framework writes it."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


class MeView(APIView):
    """One's own account."""

    def get(self, request: Request) -> Response:
        """Return it."""
        return Response(as_json(request.user))  # type: ignore[arg-type]  # nobody else is let in


class ClaimsView(APIView):
    """One's own account, by what the token claims alone: no database is asked."""

    def get(self, request: Request) -> Response:
        """Return it."""
        token: Any = request.auth
        return Response({"id": int(token["user_id"]), **token["account"]})


class ConstantView(APIView):
    """The account, whoever asks."""

    def get(self, request: Request) -> Response:
        """Return it."""
        return Response(accounts.FIRST)


def constant(request: HttpRequest) -> JsonResponse:
    """Return the account, whoever asks: what Django alone costs."""
    return JsonResponse(accounts.FIRST)
