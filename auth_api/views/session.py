"""The cookie session of the browser that asks."""

from typing import Any

from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_api.authentication import CookieAuthentication
from auth_api.inputs import SessionLoginSerializer
from auth_api.parsers import JSON_OR_FORM
from auth_api.refusals import read_credentials
from auth_api.schema import NO_CONTENT, OR_FORM, json_only
from auth_api.serializers import OpenSessionSerializer
from auth_api.services import close_session, open_session
from users.attempts import Entrance, underlying


class CurrentSessionView(APIView):
    """Open, read and close the session. Every answer brings the CSRF cookie that opening and closing ask for."""

    authentication_classes = [CookieAuthentication]
    parser_classes = JSON_OR_FORM

    def get_permissions(self) -> list[BasePermission]:
        """Let anybody open a session."""
        return [AllowAny() if self.request.method == "POST" else IsAuthenticated()]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Have the CSRF cookie set, also on a refusal: a client without it could never begin."""
        get_token(underlying(request))
        super().initial(request, *args, **kwargs)

    @extend_schema(operation_id="read_session", summary="Who is logged in here?", responses=OpenSessionSerializer)
    def get(self, request: Request) -> Response:
        """Return whose session this is. Also on a 401, the answer sets the cookie `csrftoken`."""
        return Response(OpenSessionSerializer({"user": request.user}).data)

    @extend_schema(
        operation_id="open_session",
        summary="Log in with a cookie",
        description="For single-page apps of the same site; needs the header `X-CSRFToken`." + OR_FORM,
        request=json_only(SessionLoginSerializer),
        responses=OpenSessionSerializer,
    )
    def post(self, request: Request) -> Response:
        """Open a session."""
        # REST framework checks CSRF for those only who are logged in. Here it keeps others from logging people in
        # to an account that is not theirs.
        CookieAuthentication().enforce_csrf(request)
        credentials = read_credentials(request, entrance=Entrance.SESSION, serializer_class=SessionLoginSerializer)
        user = open_session(request=request, **credentials)
        return Response(OpenSessionSerializer({"user": user}).data)

    @extend_schema(operation_id="close_session", summary="Log out of the cookie session", responses=NO_CONTENT)
    def delete(self, request: Request) -> Response:
        """Close the session, and take its cookie away."""
        close_session(request=request)
        return Response(status=status.HTTP_204_NO_CONTENT)
