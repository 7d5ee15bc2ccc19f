"""The OpenAPI document is one that generated clients get along with."""

from audit.export import FORMATS
from tests.openapi import FILE, Document, parameters_of, properties_of, resolved
from users.vocabulary import FailureReason


def test_every_answer_is_json_alone(document: Document) -> None:
    """A client that is generated from an answer of several types has to guess which one it got."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for answer in operation["responses"].values():
                assert set(resolved(document, answer).get("content", {})) <= {"application/json"}


def test_export_is_described_with_the_list_whose_filters_it_takes(document: Document) -> None:
    operation = document["paths"]["/api/v1/audit/login-logs/"]["get"]
    for name, (content_type, _) in FORMATS.items():
        assert f"`?format={name}`" in operation["description"]
        assert f"`{content_type}`" in operation["description"]
    assert "format" not in {parameter["name"] for parameter in operation["parameters"]}


def test_error_of_validation_has_every_field_and_parameter_by_name(document: Document) -> None:
    schemas = document["components"]["schemas"]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    bodies = [operation["requestBody"] for operation in operations if "requestBody" in operation]
    fields = [resolved(document, body["content"]["application/json"]["schema"])["properties"] for body in bodies]
    names = {name for properties in fields for name in properties}
    names |= {parameter["name"] for parameter in parameters_of(document) if parameter["in"] == "query"}
    properties = dict(schemas["ValidationError"]["properties"])
    assert properties.pop("code")["type"] == properties.pop("detail")["type"] == "string"
    texts = {"type": "array", "items": {"type": "string"}}
    assert properties == dict.fromkeys({"non_field_errors", "format", *names}, texts)


def test_no_object_has_named_properties_beside_a_map_of_others(document: Document) -> None:
    """Clients in Kotlin and TypeScript that are generated from such an object don't compile."""
    schemas = document["components"]["schemas"]
    assert [name for name, schema in schemas.items() if {"properties", "additionalProperties"} <= set(schema)] == []


def test_ids_and_counts_have_64_bits(document: Document) -> None:
    parameters = [each for each in parameters_of(document) if each["in"] == "path" or each["name"] == "user"]
    assert [each["name"] for each in parameters if each["schema"].get("format") not in {"int64", "uuid"}] == []
    numbers = [each for each in properties_of(document) if each.get("type") == "integer"]
    assert {each.get("format") for each in numbers} == {"int64"}


def test_pages_always_have_their_links(document: Document) -> None:
    schemas = document["components"]["schemas"]
    for pages in [schema for name, schema in schemas.items() if name.startswith("Paginated")]:
        assert {"next", "previous", "results"} <= set(pages["required"])
        assert "example" not in pages["properties"]["next"].keys() | pages["properties"]["previous"].keys()


def test_page_has_a_size_that_is_bounded(document: Document) -> None:
    sizes = [each["schema"] for each in parameters_of(document) if each["name"] == "page_size"]
    assert sizes == [{"type": "integer", "minimum": 1, "maximum": 200, "default": 50}] * 2


def test_null_stands_beside_a_type_and_in_no_parameter(document: Document) -> None:
    nullable = [each for each in properties_of(document) if each.get("nullable")]
    assert [each for each in nullable if "type" not in each] == []
    assert document["components"]["schemas"]["VerifiedToken"]["nullable"]
    assert [each["name"] for each in parameters_of(document) if each["schema"].get("nullable")] == []


def test_values_of_an_enum_are_listed_once(document: Document) -> None:
    schemas = document["components"]["schemas"]
    enums = {name: schema for name, schema in schemas.items() if "enum" in schema}
    assert {schema["type"] for schema in enums.values()} == {"string"}
    assert schemas["FailureReasonEnum"]["enum"] == [*FailureReason.values, ""]
    assert schemas["LoginLog"]["properties"]["failure_reason"]["allOf"] == [
        {"$ref": "#/components/schemas/FailureReasonEnum"}
    ]
    lists = [{*schema["enum"]} for schema in enums.values()]
    inline = [{*each["schema"].get("enum", ())} for each in parameters_of(document)]
    assert [values for values in inline if values and any(values <= each for each in lists)] == []


def test_every_tag_is_described(document: Document) -> None:
    used = {tag for path in document["paths"].values() for operation in path.values() for tag in operation["tags"]}
    assert {tag["name"] for tag in document["tags"] if tag["description"]} == used


def test_accounts_are_not_described_by_what_they_are_to_the_admin() -> None:
    assert "admin site" not in FILE.read_text()


def test_label_that_may_be_left_out_may_be_null(document: Document) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["LoginRequest"]["properties"]["device_name"]["nullable"]
    assert schemas["PatchedTokenChangeRequest"]["properties"]["name"]["nullable"]
