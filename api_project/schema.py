"""What drf-spectacular can't see: the errors that each endpoint answers because of how the whole API is built."""

from typing import Any

from api_project.codes import schema_of_codes

Schema = dict[str, Any]

ERROR: Schema = {
    "type": "object",
    "description": "An error, in words and as a stable code.",
    "properties": {"detail": {"type": "string"}, "code": schema_of_codes()},
    "required": ["detail", "code"],
}
VALIDATION_ERROR: Schema = {
    "type": "object",
    "description": "What is wrong with each field or parameter, under its name; also with one that there is not. "
    "`non_field_errors` for the whole, `detail` for a body that can't be read.",
    "properties": {"code": schema_of_codes(status=400), "detail": {"type": "string"}},
    "required": ["code"],
}
TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
RETRY_AFTER: Schema = {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer"}}
CHALLENGE: Schema = {"description": "The scheme to use.", "required": True, "schema": {"type": "string"}}

READS_INPUT = {"400": ("ValidationError", "The request is not valid.")}
READS_BODY = {
    "413": ("Error", "The body is too large."),
    "415": ("Error", "The body has a type that is not read here."),
}
NEEDS_CREDENTIALS = {"401": ("Error", "There are no credentials, or they are not valid.")}
FORBIDS = {"403": ("Error", "The token's scope is `read`, or a cookie came without its CSRF token.")}
NAMES_AN_OBJECT = {"404": ("Error", "There is no such object, or it is not the caller's to see.")}
ALWAYS = {  # most of it before any endpoint is asked
    "400": ("Error", "`Host` is no name of this service, or this is no HTTP; `code` is `unknown_host` or `bad_http`."),
    "408": ("Error", "The request has not arrived in time."),
    "414": ("Error", "The address is too long."),
    "417": ("Error", "`Expect` says something else than `100-continue`."),
    "431": ("Error", "The headers are too many or too long."),
    "503": ("Error", "The database can't do its part at the moment, or too many passwords are being checked."),
}
LIMITS = {"429": ("Error", "Locked out after too many failures; `code` is `locked_out`.")}
CHECKING_A_PASSWORD = {"log_in", "open_session", "create_token", "change_own_account", "change_own_password"}
HEADERS = {
    "401": {"WWW-Authenticate": CHALLENGE},
    "429": {"Retry-After": RETRY_AFTER},
    "503": {"Retry-After": RETRY_AFTER},
}


def add_error_responses(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Give each operation the errors that follow from what it takes. A postprocessing hook of drf-spectacular."""
    result["components"]["schemas"] |= {"Error": ERROR, "ValidationError": validation_error(result)}
    result["components"]["responses"] = {f"Error{status}": response(status, *error) for status, error in ALWAYS.items()}
    for path in result["paths"].values():
        for method, operation in path.items():
            for status, error in errors_of(method, operation).items():
                answer = reference(status) if error is ALWAYS.get(status) else response(status, *error)
                operation["responses"].setdefault(status, answer)
            operation["responses"] = dict(sorted(operation["responses"].items()))
            if {"Token": []} in operation.get("security", []):
                name_scope(operation, "read" if method == "get" else "write")
    return result


def validation_error(result: Schema) -> Schema:
    """Return the schema, with all fields and parameters by name.

    As ``additionalProperties`` beside ``code``, generators for Kotlin and TypeScript make types of them that don't
    compile. Without a word about them, names that are not listed are allowed all the same.
    """
    schemas, paths = result["components"]["schemas"], result["paths"].values()
    fields = {field for name, schema in schemas.items() if name.endswith("Request") for field in schema["properties"]}
    operations = [operation for path in paths for operation in path.values()]
    parameters = [parameter for operation in operations for parameter in operation.get("parameters", [])]
    names = {"non_field_errors", "format"} | fields | {each["name"] for each in parameters if each["in"] == "query"}
    return VALIDATION_ERROR | {"properties": VALIDATION_ERROR["properties"] | dict.fromkeys(sorted(names), TEXTS)}


def name_scope(operation: Schema, scope: str) -> None:
    """Say which scope a token needs, to people and to programs. OpenAPI 3.0 has no place for it outside of OAuth."""
    operation["x-required-scope"] = scope
    operation["description"] = f"{operation.get('description', '')}\n\nA token needs the scope `{scope}`.".strip()


def errors_of(method: str, operation: Schema) -> dict[str, tuple[str, str]]:
    """Return the errors of one operation: status -> (schema, description)."""
    places = {parameter["in"] for parameter in operation.get("parameters", [])}
    security = operation.get("security", [{}])
    has_body = "requestBody" in operation
    applies = [
        (ALWAYS, True),
        (READS_INPUT, has_body or "query" in places),
        (READS_BODY, has_body),
        (NAMES_AN_OBJECT, "path" in places),
        (LIMITS, operation["operationId"] in CHECKING_A_PASSWORD),
        (NEEDS_CREDENTIALS, {} not in security),
        (FORBIDS, method != "get" and security != [{}]),
    ]
    return {status: error for errors, does_apply in applies if does_apply for status, error in errors.items()}


def response(status: str, schema: str, description: str) -> Schema:
    """Return the response object."""
    body: Schema = {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }
    if status in HEADERS:
        body["headers"] = HEADERS[status]
    return body


def reference(status: str) -> Schema:
    """Point to the response that every operation has."""
    return {"$ref": f"#/components/responses/Error{status}"}
