"""Bodies that no login should have: a 4xx in JSON, and one row when an account was named."""

import json

import pytest
from rest_framework.test import APIClient

from audit.models import LoginLog
from auth_api.refusals import search
from tests.conftest import PASSWORD
from tests.parts import ends
from users.models import User

LOGIN = "/api/v1/auth/login/"
SESSION = "/api/v1/auth/session/"
DEEP = "[" * 5000 + "]" * 5000
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

MULTIPART = "multipart/form-data"
PASSWORD_PART = b'\r\n--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nsecret\r\n--x--'
PART = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\nbob'
A_FILE = b'Content-Disposition: form-data; name="more"; filename="x"\r\n\r\nx'
FILE_PART = (
    b'--x\r\nContent-Disposition: form-data; name="username"; filename="n"\r\nContent-Type: text/plain\r\n\r\nbob'
)

NAMELESS = [
    (b"", JSON, 400),
    (b"", "", 400),
    (b"{", JSON, 400),
    (b"null", JSON, 400),
    (b"[]", JSON, 400),
    (b'"bob"', JSON, 400),
    (b"1e999", JSON, 400),
    (b"NaN", JSON, 400),
    (b"9" * 5000, JSON, 400),
    (DEEP.encode(), JSON, 400),
    (b"\xff\xfe\x00", JSON, 400),
    (b'{"password": "username"}', JSON, 400),
    (b'{"password": "username:secret"}', JSON, 400),
    (b'{"auth": "username:secret", "password": 5', JSON, 400),
    (b"password=a;username=secret", FORM, 400),
    (b"password=a%26username=secret", FORM, 400),
    (b"%ff%00=&&&", FORM, 400),
    (b"a=1&" * 3000, FORM, 400),
    (b'{"password": "bob"}', "multipart/form-data; boundary=\xff", 400),
    (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x", 400),
    (b"x", "multipart/form-data", 400),
    (b"<xml/>", "application/xml", 415),
    (b"x", "text/plain", 415),
    (b"x", "nonsense", 415),
    (b" " * 20_000, JSON, 413),
]
NAMING = [
    (b'{"username": "bob"}', JSON, 400),
    (b'{"username": "bob", "password": null}', JSON, 400),
    (b'{"username": "bob", "password": ""}', JSON, 400),
    (b'{"username": "bob", "password": ["x"]}', JSON, 400),
    (b'{"username": "bob", "password": {"a": 1}}', JSON, 400),
    (b'{"username": "bob", "password": "x\\u0000"}', JSON, 400),
    (b'{"username": "bob", "password": "\\ud800"}', JSON, 400),
    (b'{"username": "bob", "password": "' + b"x" * 1025 + b'"}', JSON, 400),
    (b'{"username": "bob", "password": "x", "device_name": "' + b"x" * 101 + b'"}', JSON, 400),
    (b'{"username": "bob", "password": "' + b"x" * 1_000_000 + b'"}', JSON, 413),
    (b'{"username": "bob", "password": "x", "more": "' + b"x" * 10_000_000 + b'"}', JSON, 413),
    (b'{"username": "bob", "password": ' + DEEP.encode() + b"}", JSON, 400),
    (b'{"username": "bob", "password": "x"', JSON, 400),
    (b'{"username": "bob", "password": ' + b"9" * 5000 + b"}", JSON, 400),
    (b'{"username": "b\\u006fb", "password": NaN}', JSON, 400),
    (b'{"username": "bob', JSON, 400),
    (b"username=bob", FORM, 400),
    (b"username=bob&password=" + b"x" * 1025, FORM, 400),
    (b"username=bob&password=" + b"x" * 1_000_000, FORM, 413),
    (b"username=bob&" + b"a=1&" * 3000, FORM, 400),
    (b'{"password": "' + b"x" * 1_000_000 + b'", "username": "bob"}', JSON, 413),
    (b'{"password": "' + b"x" * 2_500_000 + b'", "username": "bob"}', JSON, 413),
    (b'{"password": "' + b"x" * 2_600_000 + b'", "username": "bob", "more": "' + b"x" * 9_000_000, JSON, 413),
    (b"password=" + b"x" * 100_000 + b"&username=bob", FORM, 413),
    (b" " * 17_000 + b'{"username": "bob", "password": "x"}', JSON, 413),
    (b'[{"username": "bob", "password": "x"}]', JSON, 400),
    (b'{"username": "bob", "password": "x"}', FORM, 400),
    (b'{"username": "bob", "password": "x"}', "text/plain", 415),
    ('{"username": "bob", "password": "x"}'.encode("utf-16"), JSON, 400),
    (PART + b"\r\n" + b"x" * 20_000, "multipart/form-data; boundary=x", 413),
    (PART, "multipart/form-data", 400),
    (PART + b"\r\n--x\r\n" + A_FILE, "multipart/form-data; boundary=x", 400),
    (b"--x\r\n" + A_FILE + b"\r\n" + PART, "multipart/form-data; boundary=x", 400),
    (b'{"username": ["bob"], "password": "x"}', JSON, 400),
    (b'{"username": [["bob", "x"]], "password": NaN}', JSON, 400),
    (b"{'username': 'bob', 'password': 'x'}", JSON, 400),
    (b'{"user\\u006Eame": "bob", "password":}', JSON, 400),
    (b'{"username": bob, "password": "x"}', JSON, 400),
    (b'{"username"' + b" " * 500 + b":" + b" " * 500 + b'"bob", "password":', JSON, 400),
    (b"username=bob&password=x", MULTIPART + "; boundary=x", 400),
    (b'{"username": "bob", "password": "x"}', MULTIPART + "; boundary=x", 400),
    (b'{"username": ["bob"], "password": "x"}', MULTIPART + "; boundary=x", 400),
    (FILE_PART + PASSWORD_PART, MULTIPART + "; boundary=x", 400),
    (FILE_PART + PASSWORD_PART, JSON, 400),
    (b"username=bob&password=x", "text/plain", 415),
    (b"password=x&user%6eame=bob", "text/plain", 415),
    (b"password=x\r\n username=bob", "text/plain", 415),
    (b"\xef\xbb\xbfusername=bob&password=x", FORM, 400),
]
# There is a username, but not one that is text.
UNTELLABLE = [
    (b'{"username": {"a": 1}, "password": "secret"}', JSON, 400),
    (b'{"username": true, "password": "secret"}', JSON, 400),
    (b'{"username": null, "password": "secret"}', JSON, 400),
    (b'{"username": null, "password": secret', JSON, 400),
    (b'{"username": "  ", "password": "secret"}', JSON, 400),
    (b'{"username": , "password": "secret"}', JSON, 400),
    (b'{"username": [], "password": "secret"}', JSON, 400),
    (b'{"username": ["", "secret"], "password": "secret"}', JSON, 400),
    (b'{"username": {"password": "secret"}}', JSON, 400),
    ('{"username": null, "password": "secret"}'.encode("cp037"), JSON + "; charset=cp037", 400),
    (b"username=&password=secret", FORM, 400),
    (b"username=\npassword=secret", FORM, 400),
    (b"password=secret&username=", "text/plain", 415),
    (PART.removesuffix(b"\r\n\r\nbob") + PASSWORD_PART, MULTIPART + "; boundary=x", 400),
    (PART.removesuffix(b"\r\n\r\nbob") + PASSWORD_PART.replace(b"--x\r\n", b"", 1), "text/plain", 415),
    (PART.removesuffix(b"bob") + PASSWORD_PART, MULTIPART + "; boundary=x", 400),
]
# What stands behind the name must not get into the log with it.
REVEALING = [
    (PART + PASSWORD_PART, MULTIPART),
    (b"username=bob;password=secret", FORM),
    (b"username=bob\npassword=secret", FORM),
    (b"username=bob password=secret", "text/plain"),
    (b"password=secret&username=bob", "text/plain"),
    (b"username=bob&password=secret", MULTIPART + "; boundary=x"),
    (b"{'username':'bob','password':'secret'}", JSON),
    (b'{"username":["bob","secret"],"password":"secret"}', JSON),
    (b'{"username":"bob,"password":"secret"}', JSON),
    (b'{"username":bob"password":"secret"}', JSON),
    (b'{"user\\u006eame":"bob","password":secret}', JSON),
    (
        b'--x\r\nContent-Disposition: form-data; name="password"; filename="username"\r\n\r\nsecret\r\n' + PART,
        MULTIPART,
    ),
    (FILE_PART + PASSWORD_PART, MULTIPART + "; boundary=x"),
    (b'{"username":"bob\\",\\"password\\":\\"secret\\"}', JSON),
]


def send(api: APIClient, body: bytes, content_type: str) -> tuple[int, dict[str, object]]:
    answer = api.generic("POST", LOGIN, body, content_type=content_type)  # type: ignore[arg-type]  # bytes work
    assert answer["Content-Type"] == "application/json"
    return answer.status_code, answer.json()


@pytest.mark.parametrize(("body", "content_type", "status"), NAMELESS, ids=range(len(NAMELESS)))
def test_body_that_names_nobody(db: None, api: APIClient, body: bytes, content_type: str, status: int) -> None:
    answered, told = send(api, body, content_type)
    assert answered == status
    assert told["code"]
    assert not LoginLog.objects.exists()


@pytest.mark.parametrize(("body", "content_type", "status"), NAMING, ids=range(len(NAMING)))
def test_body_that_names_an_account(bob: User, api: APIClient, body: bytes, content_type: str, status: int) -> None:
    answered, told = send(api, body, content_type)
    assert answered == status
    assert told["code"]
    row = LoginLog.objects.get()
    assert (row.user, row.username, row.failure_reason, row.entrance) == (bob, "bob", "malformed", "api")


@pytest.mark.parametrize(("body", "content_type", "status"), UNTELLABLE, ids=range(len(UNTELLABLE)))
def test_body_whose_name_can_not_be_told(
    bob: User, api: APIClient, body: bytes, content_type: str, status: int
) -> None:
    assert send(api, body, content_type)[0] == status
    row = LoginLog.objects.get()
    assert (row.user, row.username, row.failure_reason) == (None, "", "malformed")


@pytest.mark.parametrize("content_type", [JSON, "text/plain", MULTIPART + "; boundary=x"])
@pytest.mark.parametrize("body", [b'{"username": ["bob"], "password": "x"}', b"username=bob&password="])
def test_malformed_login_of_a_session_leaves_one_row_too(bob: User, body: bytes, content_type: str) -> None:
    client = APIClient(enforce_csrf_checks=True)
    token = client.get(SESSION)["X-CSRFToken"]
    answer = client.generic("POST", SESSION, body, content_type, headers={"X-CSRFToken": token})  # type: ignore[arg-type]
    row = LoginLog.objects.get()
    assert (answer.status_code, row.user, row.failure_reason) == (
        415 if content_type == "text/plain" else 400,
        bob,
        "malformed",
    )
    assert row.entrance == "session"


def test_number_of_thousands_of_digits_is_no_name_but_an_attempt(db: None, api: APIClient) -> None:
    assert send(api, b'{"username": ' + b"9" * 5000 + b', "password": "x"}', JSON)[0] == 400
    row = LoginLog.objects.get()
    assert (row.username, row.failure_reason) == ("9" * 254, "malformed")


@pytest.mark.parametrize("rest", [b'"x"}', b""])
def test_nul_is_left_out_of_the_name(bob: User, api: APIClient, rest: bytes) -> None:
    assert send(api, b'{"username": "bo\\u0000b", "password": ' + rest, JSON)[0] == 400
    assert (LoginLog.objects.get().user, LoginLog.objects.get().username) == (bob, "bob")


@pytest.mark.parametrize(("body", "content_type"), REVEALING, ids=range(len(REVEALING)))
def test_only_the_name_gets_into_the_log(bob: User, api: APIClient, body: bytes, content_type: str) -> None:
    assert send(api, body, content_type)[0] in {400, 415}
    assert (LoginLog.objects.get().user, LoginLog.objects.get().username) == (bob, "bob")


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [(0, 2_700_000, 1), (1_000_000, 0, 1), (60_000, 60_000, 1), (80_000, 80_000, 0), (2_700_000, 0, 0)],
)
def test_name_is_looked_for_at_both_ends_of_two_and_a_half_megabytes(
    bob: User, api: APIClient, before: int, after: int, rows: int
) -> None:
    # Who looks for it in all that is sent lets anybody keep the processor busy, and everybody else waiting.
    body = b'{"a": "%b", "username": "bob", "b": "%b"}' % (b"x" * before, b"x" * after)
    assert send(api, body, JSON)[0] == 413
    assert LoginLog.objects.filter(user=bob).count() == rows


@pytest.mark.parametrize("name", ["nul\0", "\ud800", "x" * 255, "\u202e" * 10_000, "\n"])
def test_name_that_no_account_can_have(db: None, api: APIClient, name: str) -> None:
    status, _ = send(api, json.dumps({"username": name, "password": "x"}).encode(), JSON)
    assert status in {400, 413}
    assert LoginLog.objects.count() == 1


def test_number_for_a_name_is_an_attempt_like_any_other(db: None, api: APIClient) -> None:
    status, _ = send(api, b'{"username": 5, "password": 5}', JSON)
    assert status == 400
    assert (LoginLog.objects.get().username, LoginLog.objects.get().failure_reason) == ("5", "unknown_user")


def test_nothing_is_hashed_for_a_password_too_long(bob: User, api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("users.hashers.Argon2PasswordHasher.verify")
    monkeypatch.delattr("users.hashers.Argon2PasswordHasher.encode")
    body = json.dumps({"username": "bob", "password": PASSWORD + "x" * 1024}).encode()
    assert send(api, body, JSON)[0] == 400


@pytest.mark.parametrize("name", [b'"username": "bob",', b"&username=bob&", FILE_PART + PASSWORD_PART])
def test_name_is_found_wherever_the_body_is_cut_into_pieces(name: bytes) -> None:
    for cut in range(1, len(name)):
        for before in (0, 10_000):
            pieces = [b"{" + b" " * before + name[:cut], name[cut:], b"x" * 10_000]
            assert search(pieces) == "bob"
            assert search(pieces[:2]) == "bob"


@pytest.mark.parametrize(
    "filling", [b"x", b"\n", b"\n ", b'"username', b'"username"' + b" " * 511, b' name="usernam', b"['"]
)
def test_search_of_what_begins_like_a_name_over_and_over_ends(filling: bytes) -> None:
    # Its time is in proportion to the body. By the square of that it would take minutes.
    with ends():
        assert search([filling * (2_500_000 // len(filling))]) is None
