"""The response that is made faster is REST framework's."""

import pytest
from rest_framework.response import Response

from users.response import FastResponse

CHANGING = ["headers", "cookies", "_resource_closers", "_post_render_callbacks", "_container"]


@pytest.mark.parametrize("data", [None, {}, {"a": [1]}, [], "text", 0])
def test_it_has_all_that_the_slow_one_has(data: object) -> None:
    fast, slow = vars(FastResponse(data)), vars(Response(data))
    assert {name: value for name, value in fast.items() if name != "headers"} == {
        name: value for name, value in slow.items() if name != "headers"
    }
    assert list(fast["headers"].items()) == list(slow["headers"].items())
    assert {name: type(value) for name, value in fast.items()} == {name: type(value) for name, value in slow.items()}


@pytest.mark.parametrize("name", CHANGING)
def test_what_may_change_is_its_own(name: str) -> None:
    one, other = FastResponse({}), FastResponse({})
    assert getattr(one, name) is not getattr(other, name)


def test_nothing_else_of_it_may_change() -> None:
    kinds = {name for name, value in vars(Response({})).items() if value.__hash__ is None}
    assert kinds - {"data"} <= set(CHANGING)


def test_header_of_one_is_not_the_next_ones() -> None:
    FastResponse({})["X-Auth-User-Id"] = "1"
    assert "X-Auth-User-Id" not in FastResponse({})
