"""Where every URL of the service starts."""

from django.contrib import admin
from django.urls import include, path, re_path

from api_project import error_views
from api_project.docs import RedocView, SchemaView, SwaggerView

endpoints = [path("", include("auth_api.urls")), path("", include("users.urls")), path("", include("audit.urls"))]
urlpatterns = [
    path("api/v1/", include(endpoints)),
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/docs/", SwaggerView.as_view(), name="docs"),
    path("api/redoc/", RedocView.as_view(), name="redoc"),
    re_path(r"^api/", error_views.api_not_found),
    path("", include("dashboard.urls")),
    path("admin/", admin.site.urls),
]

handler400 = error_views.bad_request
handler403 = error_views.forbidden
handler404 = error_views.not_found
handler500 = error_views.server_error
