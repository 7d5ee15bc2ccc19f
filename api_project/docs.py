"""The OpenAPI document, and the two pages that show it."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.request import Request

METHODS = ["get", "head"]  # REST framework's OPTIONS would try to render its metadata as a page


class SchemaView(SpectacularAPIView):
    """The document, in YAML or JSON."""

    http_method_names = METHODS

    def _get_version_parameter(self, request: Request) -> None:
        # There is one version. The parameter would go into a header as it stands.
        return None


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
