"""The OpenAPI document, and the two pages that show it."""

from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView
from rest_framework.request import Request

METHODS = ["get", "head"]  # REST framework's OPTIONS would try to render its metadata as a page


class SchemaView(SpectacularAPIView):
    """The document, in YAML or JSON."""

    http_method_names = METHODS

    def _get_version_parameter(self, request: Request) -> None:
        # There is one version. The parameter would go into a header as it stands.
        return None


class SwaggerView(SpectacularSwaggerView):
    """The document in Swagger UI."""

    http_method_names = METHODS
    url_name = "schema"


class RedocView(SpectacularRedocView):
    """The document in ReDoc."""

    http_method_names = METHODS
    url_name = "schema"
    template_name = "api_project/redoc.html"
