"""What the peers answer beside their own logins."""

from typing import cast

from django.contrib.auth.models import AbstractUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class MeView(APIView):
    """One's own account."""

    def get(self, request: Request) -> Response:
        """Return it."""
        user = cast(AbstractUser, request.user)
        return Response({"id": user.pk, "username": user.get_username(), "email": user.email})
