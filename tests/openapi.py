"""The OpenAPI document, as clients find it."""

from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]

FILE = Path(__file__).resolve().parents[1] / "openapi.yaml"


def load() -> Document:
    """Return the document."""
    loaded: Document = yaml.safe_load(FILE.read_text())
    return loaded


def resolved(document: Document, part: Document) -> Document:
    """Return the part of the document, or what it refers to."""
    for name in part.get("$ref", "#").split("/")[1:]:
        document = document[name]
    return document if "$ref" in part else part


def parameters_of(document: Document) -> list[Document]:
    """Return the parameters of all operations."""
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    return [parameter for operation in operations for parameter in operation.get("parameters", [])]


def properties_of(document: Document) -> list[Document]:
    """Return the properties of all schemas."""
    schemas = document["components"]["schemas"].values()
    return [each for schema in schemas for each in schema.get("properties", {}).values()]
