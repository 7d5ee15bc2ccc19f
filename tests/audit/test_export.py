"""GET audit/login-logs/?format=csv and ndjson, and ``manage.py export_login_logs``."""

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient, force_authenticate

from audit import export
from audit.keyset import Span
from audit.models import LoginLog
from audit.views import LoginLogViewSet
from tests.parts import ends
from users.models import User
from users.serializers import as_iso

LOGS = "/api/v1/audit/login-logs/"
AsUser = Callable[[User], APIClient]


def write(**fields: Any) -> LoginLog:
    columns = {"username": "bob", "is_success": True, "entrance": "api", "ip_address": "192.0.2.1"} | fields
    row: LoginLog = LoginLog.objects.create(**columns)
    return row


def exported(client: APIClient, name: str, **parameters: str) -> str:
    answer = client.get(LOGS, parameters | {"format": name})
    assert answer.status_code == 200, answer.content
    text: str = answer.getvalue().decode()
    return text


def table() -> str:
    return "".join(export.as_csv(export.batches_of(LoginLog.objects.all(), Span())))


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few rows take several batches."""
    monkeypatch.setattr(export, "BATCH", 3)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("count", [0, 1, 3, 10])
def test_everything_is_there_once_and_newest_first(staff: User, as_user: AsUser, count: int) -> None:
    rows = [write() for _ in range(count)]
    client = as_user(staff)
    ids = [str(row.pk) for row in reversed(rows)]

    table = list(csv.DictReader(io.StringIO(exported(client, "csv"))))
    lines = [json.loads(line) for line in exported(client, "ndjson").splitlines()]

    assert [row["id"] for row in table] == ids
    assert [str(row["id"]) for row in lines] == ids


def test_lines_are_the_rows_of_the_list(staff: User, as_user: AsUser) -> None:
    write(user=staff, user_agent="Füchs/1 \u2028 ☃", token_id="0d1c7d3e-36a4-4a0f-9a80-000000000000")
    write(ip_address=None, is_success=False, failure_reason="wrong_password")
    client = as_user(staff)
    assert [json.loads(line) for line in exported(client, "ndjson").split("\n")[:-1]] == client.get(LOGS).json()[
        "results"
    ]


def test_no_line_ends_before_its_row_does_whoever_reads_it(staff: User, as_user: AsUser) -> None:
    write(user=staff, user_agent="curl\u2028\u2029\x85/8")
    (line,) = exported(as_user(staff), "ndjson").splitlines()
    assert json.loads(line)["user_agent"] == "curl\u2028\u2029\x85/8"


def test_filters_and_scope_are_those_of_the_list(bob: User, staff: User, as_user: AsUser) -> None:
    own, _ = write(user=bob, ip_address="10.0.0.1"), write(user=staff, ip_address="10.0.0.1")
    write(user=bob)
    text = exported(as_user(bob), "ndjson", ip_address="10.0.0.0/8")
    assert [json.loads(line)["id"] for line in text.splitlines()] == [own.pk]


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        (" =1", "' =1"),
        ("two\r\nlines\u2028three", "two lines three"),
        ("\n=1", "' =1"),
        ("\uff1d1", "'\uff1d1"),
        ('a "quoted", one', 'a "quoted", one'),
        ("Mozilla/5.0", "Mozilla/5.0"),
    ],
)
def test_table_is_safe_to_open_in_a_spreadsheet(staff: User, as_user: AsUser, agent: str, shown: str) -> None:
    write(user_agent=agent)
    text = exported(as_user(staff), "csv")
    assert text.count("\r\n") == 2
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["user_agent"] == shown


@pytest.mark.parametrize(
    ("separator", "quoting"),
    [
        (",", csv.QUOTE_MINIMAL),
        (";", csv.QUOTE_MINIMAL),
        (";", csv.QUOTE_NONE),
        ("\t", csv.QUOTE_MINIMAL),
        ("\t", csv.QUOTE_NONE),
    ],
)
@pytest.mark.parametrize(
    "agent",
    [
        "a;=HYPERLINK(1)",
        "a\t=HYPERLINK(1)",
        "a,=HYPERLINK(1)",
        "a; =HYPERLINK(1)",
        'a;"=HYPERLINK(1)"',
        'a;";"; "=HYPERLINK(1);b',
        "a;;b;=1",
        "a;;\t-1;+1;@x",
        "a;\n=1",
        "a;\uff1d1",
        '";=1',
        ";=1",
        "\t=1",
    ],
)
def test_table_is_safe_whatever_separates_cells(db: None, agent: str, quoting: Literal[0, 3], separator: str) -> None:
    write(user_agent=agent, username=agent, request_id=agent)
    found = csv.reader(io.StringIO(table(), newline=""), delimiter=separator, quoting=quoting)
    cells = [cell.lstrip(' "\t') for line in found for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\uff1d"))]


def test_cell_of_nothing_but_tabs_takes_no_longer() -> None:
    text = "a" + "\t " * 200_000
    with ends():  # minutes if each of them is tried
        assert export.cell(text) == f'"{text}"'


@pytest.mark.parametrize(
    ("agent", "raw"),
    [
        ("a;b", '"a;b"'),
        ("a\tb", '"a\tb"'),
        ("a;=1", '"a;\'=1"'),
        ('a"b', '"a""b"'),
        ("X11; Linux", '"X11; Linux"'),
        ("a b", "a b"),
        ("", ""),
    ],
)
def test_cell_that_could_be_several_is_in_quotes(db: None, agent: str, raw: str) -> None:
    row = write(user_agent=agent)
    _, line, _ = table().split("\r\n")
    assert line == f"{row.pk},,bob,{as_iso(row.login_time)},192.0.2.1,{raw},true,,api,,,"


def test_headers_say_what_it_is(staff: User, as_user: AsUser) -> None:
    client = as_user(staff)
    for name, content_type in (("csv", "text/csv"), ("ndjson", "application/x-ndjson")):
        answer = client.get(f"{LOGS}?format={name}")
        assert answer.headers["Content-Type"] == f"{content_type}; charset=utf-8"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="login-logs.{name}"'
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["csv", "ndjson"])
def test_head_has_the_headers_and_reads_no_row(staff: User, as_user: AsUser, name: str) -> None:
    write()
    client = as_user(staff)
    url = f"{LOGS}?format={name}&is_success=true"
    full = client.get(url, headers={"X-Request-ID": "one-and-the-same"})
    with CaptureQueriesContext(connection) as queries:
        answer = client.head(url, headers={"X-Request-ID": "one-and-the-same"})
    assert (answer.status_code, answer.headers) == (200, full.headers)
    assert answer.getvalue() == b""
    assert not [query for query in queries if "audit_loginlog" in query["sql"]]
    assert client.head(f"{url}&page=5").status_code == 400


@pytest.mark.parametrize("name", ["csv", "ndjson"])
def test_nothing_is_written_for_head(staff: User, rf: RequestFactory, name: str) -> None:
    """Ask the view itself: the test's client would take the body off, and the server as well."""
    write()
    request = rf.head(LOGS, {"format": name})
    force_authenticate(request, user=staff)
    answer = LoginLogViewSet.as_view({"get": "list", "head": "list"})(request)
    assert b"".join(answer) == b""


@pytest.mark.parametrize("name", ["csv", "ndjson"])
@pytest.mark.parametrize("query", ["page_size=1", "page_size=no", "cursor=x", "cursor=x&page_size=1"])
def test_what_asks_for_a_page_means_nothing_to_an_export(staff: User, as_user: AsUser, name: str, query: str) -> None:
    for number in range(3):
        write(username=f"u{number}")
    client = as_user(staff)
    whole, asked = (client.get(f"{LOGS}?format={name}{more}") for more in ("", f"&{query}"))
    assert asked.status_code == 200
    assert asked.getvalue() == whole.getvalue()


@pytest.mark.parametrize("query", ["format=xls", "format=csv&format=csv", "format=csv&page=1"])
def test_what_does_not_go_together_is_refused(staff: User, as_user: AsUser, query: str) -> None:
    answer = as_user(staff).get(f"{LOGS}?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


def test_one_row_has_no_export(staff: User, as_user: AsUser) -> None:
    row = write()
    assert as_user(staff).get(f"{LOGS}{row.pk}/?format=csv").headers["Content-Type"] == "application/json"


@pytest.mark.usefixtures("small_batches")
def test_reading_goes_as_far_as_the_client(staff: User, as_user: AsUser) -> None:
    for _ in range(30):
        write()
    client = as_user(staff)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"{LOGS}?format=ndjson")
        next(iter(answer))
        answer.close()
    assert len(queries) <= 4  # of ten batches


def test_database_that_fails_at_the_first_rows_is_a_503(
    staff: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise OperationalError("gone")

    client = as_user(staff)
    monkeypatch.setattr(export, "walk", fail)
    answer = client.get(f"{LOGS}?format=csv")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_anonymous_gets_nothing(api: APIClient, db: None) -> None:
    assert api.get(f"{LOGS}?format=csv").status_code == 401


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("name", ["csv", "ndjson"])
def test_command_writes_what_the_api_streams(staff: User, as_user: AsUser, tmp_path: Path, name: str) -> None:
    for number in range(10):
        write(ip_address=f"10.0.{number % 2}.1", user_agent="two\nlines")
    client, file = as_user(staff), tmp_path / f"log.{name}"

    call_command("export_login_logs", str(file), "--format", name)
    assert file.read_bytes().decode() == exported(client, name)
    call_command(
        "export_login_logs", str(file), "--format", name, "--ip-address", "10.0.1.0/24", "--is-success", "true"
    )
    assert file.read_bytes().decode() == exported(client, name, ip_address="10.0.1.0/24")

    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert file.stat().st_mode & 0o777 == 0o600


def test_command_leaves_nothing_half_written(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "log.csv"
    file.write_text("of yesterday")

    def interrupt(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(export, "walk", interrupt)
    with pytest.raises(KeyboardInterrupt):
        call_command("export_login_logs", str(file))
    assert file.read_text() == "of yesterday"
    assert len(list(tmp_path.iterdir())) == 1


def test_command_refuses_what_it_can_not_do(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--ip-address: Enter an IPv4"):
        call_command("export_login_logs", str(tmp_path / "x"), "--ip-address", "x")
    with pytest.raises(CommandError, match="No such file"):
        call_command("export_login_logs", str(tmp_path / "nowhere" / "x"))


def test_command_writes_to_standard_output(db: None, capfd: pytest.CaptureFixture[str]) -> None:
    write()
    call_command("export_login_logs", "-", "--format", "ndjson")
    captured = capfd.readouterr()
    assert json.loads(captured.out)["username"] == "bob"
    assert captured.err == ""  # no bar in a pipe


def test_command_takes_the_place_of_what_a_link_leads_to(db: None, tmp_path: Path) -> None:
    row, link = write(), tmp_path / "link"
    link.symlink_to(tmp_path / "log.csv")
    call_command("export_login_logs", str(link))
    assert (link.is_symlink(), f"{row.pk}," in (tmp_path / "log.csv").read_text()) == (True, True)


def test_command_writes_into_a_pipe_and_leaves_it_one(db: None, tmp_path: Path) -> None:
    row, pipe = write(), tmp_path / "pipe"
    os.mkfifo(pipe)
    with os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)) as reader:
        call_command("export_login_logs", str(pipe))
        assert f"{row.pk},," in reader.read()
    assert pipe.is_fifo()
