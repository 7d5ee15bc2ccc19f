"""The OpenAPI document, and the two pages that show it."""

from functools import cache
from threading import Lock
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpResponse
from django.utils import translation
from django.utils.decorators import method_decorator
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.request import Request

LANGUAGE = "en"  # of the document
METHODS = ["get", "head"]  # REST framework's OPTIONS would try to render its metadata as a page
# drf-spectacular loads its extensions when it first generates, and a second thread that does so meanwhile fails.
generating = Lock()


class SchemaView(SpectacularAPIView):
    """The document, in YAML or JSON."""

    http_method_names = METHODS

    @extend_schema(exclude=True)  # from itself
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Return the document, to any reader in the same words: half of them are not the service's to translate."""
        renderer = request.accepted_renderer
        with generating:
            document = written(renderer.media_type)
        return HttpResponse(
            document,
            content_type=renderer.media_type + (f"; charset={renderer.charset}" if renderer.charset else ""),
            headers={
                "Content-Disposition": f'inline; filename="Latchkey.{renderer.format}"',
                "Content-Language": LANGUAGE,
            },
        )


@cache  # to generate it takes 70 ms, and whoever asks is anonymous
def written(media_type: str) -> bytes | str:
    """Return the document in one form."""
    renderer = next(renderer() for renderer in SchemaView.renderer_classes if renderer.media_type == media_type)
    with translation.override(LANGUAGE):
        return renderer.render(SchemaGenerator().get_schema(public=True))


@method_decorator(csp_update({"connect-src": [SELF], "img-src": ["data:"]}), name="dispatch")
class SwaggerView(SpectacularSwaggerSplitView):
    """The document in Swagger UI, whose script is a second answer of this view: none stands in the page."""

    url_self = "./"
    template_name = "api_project/swagger.html"
    http_method_names = METHODS
    url_name = "schema"


@method_decorator(
    # ReDoc writes its styles into the page, and searches in a worker that it makes itself. It also asks for the logo of
    # its makers, from an outside host, and has no option not to: that is refused, as the browser's console says.
    csp_update({"connect-src": [SELF], "img-src": ["data:"], "style-src": [UNSAFE_INLINE], "worker-src": ["blob:"]}),
    name="dispatch",
)
class RedocView(SpectacularRedocView):
    """The document in ReDoc."""

    http_method_names = METHODS
    url_name = "schema"
    template_name = "api_project/redoc.html"
