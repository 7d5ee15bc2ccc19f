"""The OpenAPI document."""

import io

import pytest
from django.core.management import call_command
from django.test import Client
from django_filters import FilterSet

from api_project.docs import written
from audit.filters import LoginLogFilter
from auth_api.filters import LockoutFilter
from tests.openapi import FILE, Document, resolved
from users.filters import AccountFilter

# What any request can be answered, most of it before an endpoint is asked.
EVERYWHERE = {"400", "408", "414", "417", "431", "503"}


def test_file_is_what_the_code_generates_without_a_warning() -> None:
    output = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=output)
    assert output.getvalue() == FILE.read_text(), "run `make openapi`"


def test_service_serves_the_same_document(client: Client, document: Document) -> None:
    answer = client.get("/api/schema/")
    assert answer.content == FILE.read_bytes()
    assert answer["Content-Type"] == "application/vnd.oai.openapi; charset=utf-8"
    assert answer["Content-Disposition"] == 'inline; filename="Latchkey.yaml"'
    in_json = client.get("/api/schema/", HTTP_ACCEPT="application/json")
    assert in_json.json() == document
    assert (in_json["Content-Type"], in_json["Vary"]) == ("application/json", "Accept, origin, Accept-Language")
    assert in_json["Content-Disposition"] == 'inline; filename="Latchkey.json"'


def test_document_is_generated_once_and_in_english(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    written.cache_clear()
    german = client.get("/api/schema/?lang=de", HTTP_ACCEPT_LANGUAGE="de")
    assert (german.content, german["Content-Language"]) == (FILE.read_bytes(), "en")
    monkeypatch.delattr("drf_spectacular.generators.SchemaGenerator.get_schema")
    assert client.get("/api/schema/").content == german.content


def test_login_is_public_and_everything_else_is_not(document: Document) -> None:
    public = {
        (method, path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if operation["security"] == [{}]
    }
    assert public == {("post", f"/api/v1/auth/{name}/") for name in ("login", "revoke", "session")}


def test_three_ways_to_authorise_are_described(document: Document) -> None:
    schemes = document["components"]["securitySchemes"]
    described = {name: {key: scheme[key] for key in scheme if key != "description"} for name, scheme in schemes.items()}
    assert described == {
        "Token": {"type": "apiKey", "in": "header", "name": "Authorization"},
        "Bearer": {"type": "http", "scheme": "bearer"},
        "Cookie": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    }


def test_every_status_has_its_schema(document: Document) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                response = resolved(document, answer)
                is_empty = response["description"] == "No response body"
                assert is_empty or response["content"]["application/json"]["schema"], (method, path, status)


@pytest.mark.parametrize("status", sorted(EVERYWHERE))
def test_refusal_that_asks_no_endpoint_is_described_once(document: Document, status: str) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    references = [operation["responses"][status].get("$ref") for operation in operations]
    # What is wrong with a field is a 400 as well, whose schema takes either.
    assert set(references) - {None} == {f"#/components/responses/Error{status}"}
    assert None not in references or status == "400"


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("post", "/api/v1/auth/login/", "200 400 413 415 429"),
        ("post", "/api/v1/auth/logout/", "204 401 403"),
        ("get", "/api/v1/users/me/", "200 401"),
        ("patch", "/api/v1/users/me/", "200 400 401 403 413 415 429"),
        ("get", "/api/v1/users/", "200 400 401 403"),
        ("post", "/api/v1/users/", "201 400 401 403 413 415"),
        ("get", "/api/v1/users/{id}/", "200 401 403 404"),
        ("patch", "/api/v1/users/{id}/", "200 400 401 403 404 409 413 415"),
        ("delete", "/api/v1/users/{id}/", "204 401 403 404 409"),
        ("post", "/api/v1/users/{id}/password/", "204 400 401 403 404 413 415"),
        ("post", "/api/v1/auth/tokens/", "201 400 401 403 413 415 429"),
        ("patch", "/api/v1/auth/tokens/{id}/", "200 400 401 403 404 413 415"),
        ("delete", "/api/v1/auth/sessions/{id}/", "204 401 403 404"),
        ("get", "/api/v1/auth/verify/", "200 401 403"),
        ("post", "/api/v1/auth/introspect/", "200 400 401 403 413 415"),
        ("post", "/api/v1/auth/revoke/", "200 400 413 415"),
        ("post", "/api/v1/auth/session/", "200 400 403 413 415 429"),
        ("post", "/api/v1/users/me/password/", "204 400 401 403 413 415 429"),
        ("get", "/api/v1/auth/lockouts/", "200 400 401 403"),
        ("delete", "/api/v1/auth/lockouts/{id}/", "204 401 403 404"),
        ("get", "/api/v1/audit/login-logs/", "200 400 401"),
        ("get", "/api/v1/audit/login-logs/{id}/", "200 401 404"),
    ],
)
def test_statuses_of_an_operation(document: Document, method: str, path: str, statuses: str) -> None:
    responses = document["paths"][path][method]["responses"]
    assert set(responses) == EVERYWHERE | set(statuses.split())
    assert ("400" in statuses) == ("$ref" not in responses["400"])


@pytest.mark.parametrize(
    ("path", "filters"),
    [
        ("/api/v1/users/", AccountFilter),
        ("/api/v1/auth/lockouts/", LockoutFilter),
        ("/api/v1/audit/login-logs/", LoginLogFilter),
    ],
)
def test_list_documents_its_filters(document: Document, path: str, filters: type[FilterSet]) -> None:
    parameters = {parameter["name"] for parameter in document["paths"][path]["get"]["parameters"]}
    assert filters.base_filters.keys() <= parameters


def test_operation_that_takes_a_password_can_be_locked_out(document: Document) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            schema = document["components"]["schemas"].get(body.get("$ref", "").rpartition("/")[2], {})
            takes_password = any("password" in name for name in schema.get("properties", {}))
            takes_password &= operation["operationId"] not in {"create_user", "set_password"}  # which check none
            assert takes_password == ("429" in operation["responses"]), operation["operationId"]
            if takes_password:
                assert "Retry-After" in operation["responses"]["429"]["headers"]


def test_operation_says_which_scope_a_token_needs(document: Document) -> None:
    scopes = {
        (method, path.removeprefix("/api/v1/")): operation.get("x-required-scope")
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert scopes["get", "auth/tokens/"] == scopes["get", "auth/verify/"] == "read"
    assert (
        scopes["post", "auth/tokens/"]
        == scopes["post", "auth/logout/"]
        == scopes["post", "auth/introspect/"]
        == "write"
    )
    assert {operation for operation, scope in scopes.items() if scope is None} == {
        ("post", "auth/login/"),
        ("post", "auth/revoke/"),
        ("get", "auth/session/"),
        ("post", "auth/session/"),
        ("delete", "auth/session/"),
    }
