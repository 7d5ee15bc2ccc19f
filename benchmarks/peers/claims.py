"""Tokens of simplejwt's that hold the account, so that no request has to look it up."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.utils.module_loading import import_string

from benchmarks.peers.views import as_json

# By name: it is not installed where types are checked.
TokenObtainPairSerializer: Any = import_string("rest_framework_simplejwt.serializers.TokenObtainPairSerializer")


class ClaimingSerializer(TokenObtainPairSerializer):  # type: ignore[misc]  # likewise
    """simplejwt's login, with the claims that ``ClaimsView`` answers from."""

    @classmethod
    def get_token(cls, user: AbstractUser) -> Any:
        """Add them."""
        token = super().get_token(user)
        account = as_json(user)
        del account["id"]  # is a claim already
        token["account"] = account
        return token
