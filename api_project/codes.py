"""The codes of errors, which clients compare: none is renamed or taken away, and more may come."""

from typing import Any

# code -> the statuses that it comes with, and when
CODES: dict[str, tuple[tuple[int, ...], str]] = {
    "authentication_failed": ((401,), "the token or the cookie opens nothing"),
    "bad_http": ((400, 414, 417, 431), "this is no HTTP, its address or headers are too long, or `Expect` is odd"),
    "body_too_large": ((413,), "the body is larger than anything that is taken"),
    "csrf_failed": ((403,), "a cookie came without its CSRF token, or from another origin"),
    "error": ((500,), "a fault of the service"),
    "insufficient_scope": ((403,), "the token may only read"),
    "invalid": ((400,), "a field or a parameter is not valid"),
    "invalid_credentials": ((400,), "the name and the password don't open an account; or, of one's own, the password"),
    "last_superuser": ((409,), "no active superuser would be left"),
    "locked_out": ((429,), "too many failures; `Retry-After` says when to try again"),
    "method_not_allowed": ((405,), "the endpoint has no such method"),
    "not_authenticated": ((401,), "there are no credentials"),
    "not_found": ((404,), "there is no such endpoint or object, or it is not the caller's to see"),
    "overloaded": ((503,), "too many passwords wait to be checked; `Retry-After` says when to try again"),
    "parse_error": ((400,), "the body can't be read"),
    "permission_denied": ((403,), "this is for others to do"),
    "request_timeout": ((408,), "the request did not arrive in time"),
    "token_expired": ((401,), "the token has reached its end"),
    "unavailable": ((503,), "the database, or the memory, is not there; `Retry-After` says when to try again"),
    "unknown_host": ((400,), "`Host` is no name of this service"),
    "unsupported_media_type": ((415,), "the body has a type that is not read here"),
}


def schema_of_codes(*, status: int | None = None) -> dict[str, Any]:
    """Return OpenAPI's schema of a code: any, or one of the status.

    No enum, since clients that are generated from one fail at a value that is new.
    """
    listed = {code: about for code, about in CODES.items() if status in {None, *about[0]}}
    lines = [f"* `{code}` ({', '.join(map(str, statuses))}) - {when}" for code, (statuses, when) in listed.items()]
    text = "\n".join(["Which error it is. More codes may come.", "", *lines])
    return {"type": "string", "description": text, "x-extensible-enum": list(listed)}
