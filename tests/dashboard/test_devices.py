"""User agents in words."""

import pytest

from dashboard.devices import in_words
from tests.parts import ends

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
PIXEL = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"{WINDOWS}; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Windows"),
        (f"{WINDOWS}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        (f"{MAC} Version/17.4 Safari/605.1.15", "Safari on macOS"),
        (f"{IPHONE} Version/17.0 Mobile/15E148 Safari/604.1", "Safari on iOS"),
        (f"{PIXEL} Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/7.88.1", "curl"),
        ("Wget/1.21", "Wget"),
        ("python-requests/2.31.0", "Python script"),
        ("Python-urllib/3.11", "Python script"),
        ("python-httpx/0.27.0", "python-httpx"),
        ("okhttp/4.12.0", "okhttp"),
        ("Dart/3.3 (dart:io)", "Dart"),
        ("Go-http-client/1.1", "Go-http-client"),
        ("", "unknown device"),
        ("   ", "unknown device"),
        ("/", "unknown device"),
        ("x" * 400, "x" * 39 + "…"),
    ],
)
def test_device_is_named_as_people_name_it(user_agent: str, words: str) -> None:
    assert in_words(user_agent) == words


@pytest.mark.parametrize("piece", ["Mozilla/5.0 (", "a/1 ", "Android ", ";", "((((", "Mobile Safari/1.1.1.1.1 "])
def test_made_up_header_takes_no_time(piece: str) -> None:
    with ends():
        assert len(in_words((piece * 400)[:400])) < 50
