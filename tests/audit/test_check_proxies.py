"""``manage.py check_proxies``."""

from ipaddress import ip_network

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from audit.models import LoginLog


def log_in(*, peer: str, forwarded_for: str | None = None) -> None:
    headers = {} if forwarded_for is None else {"X-Forwarded-For": forwarded_for}
    Client(REMOTE_ADDR=peer).post(
        "/api/v1/auth/login/", {"username": peer, "password": "wrong"}, "application/json", headers=headers
    )


def report(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    call_command("check_proxies", *options)
    return " ".join(capsys.readouterr().out.split())


@pytest.fixture(autouse=True)
def _trusted(db: None, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]


def test_peer_hops_and_choice_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    log_in(peer="10.0.0.1", forwarded_for="203.0.113.9, 198.51.100.7, 10.0.0.2")
    log_in(peer="192.0.2.1")

    text = report(capsys)

    assert "TRUSTED_PROXIES: 10.0.0.0/8" in text
    assert "10.0.0.1 (trusted) 198.51.100.7 203.0.113.9, 198.51.100.7, 10.0.0.2" in text
    assert "192.0.2.1 192.0.2.1 -" in text
    assert "Warning" not in text


def test_address_that_most_share_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(7):
        log_in(peer="192.0.2.1")
    for number in range(5):
        log_in(peer=f"198.51.100.{number}")
    assert "Warning: 7 of the last 12 attempts share the address 192.0.2.1." in report(capsys)
    assert "share the address" not in report(capsys, "--last", "5")


def test_proxy_that_is_not_listed_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    log_in(peer="192.0.2.1", forwarded_for="203.0.113.9")
    assert "192.0.2.1 sent X-Forwarded-For 1 times and is not in TRUSTED_PROXIES" in report(capsys)


def test_chain_of_nothing_but_proxies_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    log_in(peer="10.0.0.1", forwarded_for="10.0.0.3")
    assert "1 attempts came from 10.0.0.3, a trusted proxy itself" in report(capsys)


def test_garbage_is_shown_cut_and_costs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    log_in(peer="10.0.0.1", forwarded_for="x" * 5000 + "\x1b[2J<script>")
    row = LoginLog.objects.get()
    assert row.ip_address == "10.0.0.1"
    assert len(row.forwarded_for or "") == 200
    assert "\\x1b[2J<script>" in report(capsys)


def test_empty_log_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert "TRUSTED_PROXIES" in report(capsys)


def test_listed_proxy_that_sends_no_header_is_warned_of_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(12):
        log_in(peer="10.0.0.1")
    text = report(capsys)
    assert "12 attempts came from 10.0.0.1, a trusted proxy itself" in text
    assert "add it to TRUSTED_PROXIES" not in text


def test_last_hops_of_a_long_chain_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    log_in(peer="10.0.0.1", forwarded_for="203.0.113.9, " * 50 + "198.51.100.7")
    assert LoginLog.objects.get().forwarded_for == ("203.0.113.9, " * 50 + "198.51.100.7")[-200:]
    assert "203.0.113.9, 198.51.100.7" in report(capsys)
