"""What drf-spectacular says less well than OpenAPI can, put right in the finished document."""

from collections.abc import Iterator
from typing import Any

from users.pagination import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE

Schema = dict[str, Any]

ID = {"type": "integer", "format": "int64"}
PAGE_SIZE = {
    "description": f"Rows on a page. More than {MAX_PAGE_SIZE} counts as {MAX_PAGE_SIZE}.",
    "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
}
LINKS = {"next": "The address of the next page; null on the last.", "previous": "Likewise, of the page before."}


def put_right(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Change the document where programs that are generated from it need that. A hook of drf-spectacular."""
    schemas = result["components"]["schemas"]
    merge_blank(schemas)
    # Beside `allOf`, the tools agree on no spelling of null. The token is null as a whole, wherever it stands.
    schemas["VerifiedToken"]["nullable"] = True
    schemas["Verified"]["properties"]["token"] = reference("VerifiedToken")
    for name, schema in schemas.items():
        if name.startswith("Paginated"):
            name_links(schema)
        for column in schema.get("properties", {}).values():
            if column.get("type") == "integer":  # ids, counts and seconds since the epoch outgrow 32 bits
                column["format"] = "int64"
    for parameter in parameters_of(result):
        type_parameter(parameter, schemas)
    return result


def parameters_of(result: Schema) -> Iterator[Schema]:
    """Yield the parameters of all operations."""
    for path in result["paths"].values():
        for operation in path.values():
            yield from operation.get("parameters", [])


def reference(name: str) -> Schema:
    """Point to a schema that several have in common."""
    return {"$ref": f"#/components/schemas/{name}"}


def merge_blank(schemas: dict[str, Schema]) -> None:
    """Make the empty text one more value of the only enum that has it, under a name that programs can use."""
    del schemas["BlankEnum"]
    reason = schemas["FailureReasonEnum"]
    reason["x-enum-varnames"] = [*reason["enum"], "none"]
    reason["enum"] = [*reason["enum"], ""]
    reason["description"] += "\n* empty - none, as the attempt succeeded"
    schemas["LoginLog"]["properties"]["failure_reason"] = {"allOf": [reference("FailureReasonEnum")], "readOnly": True}


def name_links(pages: Schema) -> None:
    """Say that each page has its links, where drf-spectacular says it of some and gives an example of another API."""
    pages["required"] = sorted({*pages["required"], *LINKS})
    for name, description in LINKS.items():
        pages["properties"][name] = {"type": "string", "format": "uri", "nullable": True, "description": description}
    pages["properties"].get("count", {}).pop("example", None)


def type_parameter(parameter: Schema, schemas: dict[str, Schema]) -> None:
    """Give a parameter the type that what it is compared with has."""
    schema = parameter["schema"]
    schema.pop("nullable", None)  # of the column: no parameter says null
    if parameter["name"] == "page_size":
        parameter |= PAGE_SIZE
    if parameter["in"] == "path" and schema.get("pattern", "").startswith("^[0-9]"):
        parameter["schema"] = ID
    for name, values in [(name, set(found["enum"]) - {""}) for name, found in schemas.items() if "enum" in found]:
        if values == set(schema.get("enum", ())):
            default = {"default": schema["default"]} if "default" in schema else {}
            parameter["schema"] = {"allOf": [reference(name)], **default} if default else reference(name)
