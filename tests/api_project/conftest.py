"""What the tests of the OpenAPI document have in common."""

import pytest

from tests.openapi import Document, load


@pytest.fixture(scope="session")
def document() -> Document:
    return load()
