"""The cookie session of the browser that asks."""

from typing import Any

from django.middleware.csrf import get_token
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_api.authentication import CookieAuthentication
from auth_api.inputs import SessionLoginSerializer
from auth_api.parsers import JSON_OR_FORM
from auth_api.refusals import read_credentials
from auth_api.schema import OR_FORM, json_only
from auth_api.serializers import OpenSessionSerializer
from auth_api.services import close_session, open_session
from users.attempts import underlying
from users.schema import ERROR, NO_CONTENT
from users.vocabulary import Entrance

CSRF_TOKEN = OpenApiParameter(
    "X-CSRFToken",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The CSRF token, from any answer of `auth/session/`.",
)
NEW_CSRF_TOKEN = OpenApiParameter(
    "X-CSRFToken",
    str,
    OpenApiParameter.HEADER,
    response=True,
    description="The CSRF token that the next unsafe request is to send back.",
)


class CurrentSessionView(APIView):
    """Open, read and close the session. Every answer brings the CSRF token that opening and closing ask for."""

    authentication_classes = [CookieAuthentication]
    parser_classes = JSON_OR_FORM

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Ask nobody who they are when they open a session: that is what they are about to say."""
        is_opening = self.request is not None and self.request.method == "POST"  # None: the schema is generated
        return [] if is_opening else super().get_authenticators()

    def get_permissions(self) -> list[BasePermission]:
        """Let anybody open a session."""
        return [AllowAny() if self.request.method == "POST" else IsAuthenticated()]

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Repeat the CSRF token in a header: an app on another origin can't read our cookie."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers["X-CSRFToken"] = get_token(underlying(request))
        return final

    @extend_schema(
        operation_id="read_session",
        summary="Who is logged in here?",
        parameters=[NEW_CSRF_TOKEN],
        responses=OpenSessionSerializer,
    )
    def get(self, request: Request) -> Response:
        """Return whose session this is. Also on a 401, the answer has the CSRF token, in `X-CSRFToken` and a cookie."""
        return Response(OpenSessionSerializer({"user": request.user}).data)

    @extend_schema(
        operation_id="open_session",
        summary="Log in with a cookie",
        description="For single-page apps of the same site; needs the header `X-CSRFToken`." + OR_FORM,
        parameters=[CSRF_TOKEN, NEW_CSRF_TOKEN],
        request=json_only(SessionLoginSerializer),
        responses={200: OpenSessionSerializer, 403: OpenApiResponse(ERROR, "The CSRF token is missing.")},
    )
    def post(self, request: Request) -> Response:
        """Open a session."""
        # REST framework checks CSRF for those only who are logged in. Here it keeps others from logging people in
        # to an account that is not theirs; as on the pages, what it refuses is no attempt.
        CookieAuthentication().enforce_csrf(request)
        user = open_session(
            request=request,
            **read_credentials(request, entrance=Entrance.SESSION, serializer_class=SessionLoginSerializer),
        )
        return Response(OpenSessionSerializer({"user": user}).data)

    @extend_schema(
        operation_id="close_session",
        summary="Log out of the cookie session",
        parameters=[CSRF_TOKEN, NEW_CSRF_TOKEN],
        responses=NO_CONTENT,
    )
    def delete(self, request: Request) -> Response:
        """Close the session, and take its cookie away."""
        close_session(request=request)
        return Response(status=status.HTTP_204_NO_CONTENT)
