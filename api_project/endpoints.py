"""Where a path of the API leads, and the view's answer."""

from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve

MOST_PATHS = 1000  # far more than there are routes without arguments


class Endpoints:
    """Calls the view, as Django's innermost handler does, less what no view of the API has.

    That is a transaction around it, asynchronous code, answers that are none, and middleware for views but CSRF's, from
    which REST framework has exempted them. Nor is a path without arguments looked for twice: Django tries pattern by
    pattern. With all this a GET would take as much of the processor as 1.6 bare Django views instead of 1.2
    (``python -m benchmarks --only cpu``).
    """

    def __init__(self) -> None:
        self.known: dict[str, ResolverMatch] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's answer. Raises what the view raises, and Resolver404."""
        match = request.resolver_match = self.resolve(request.path_info)
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        return response.render() if hasattr(response, "render") else response

    def resolve(self, path: str) -> ResolverMatch:
        """Return the view for the path. Raises Resolver404."""
        known = self.known.get(path)
        if known is not None:
            return known
        found = resolve(path)
        is_one_path = found.url_name and not found.args and not found.kwargs  # the one without a name catches the rest
        if is_one_path and len(self.known) < MOST_PATHS:
            found.tried = None  # for a debug page that says what did not match
            self.known[path] = found
        return found
