"""What the server writes to its standard error."""

import json

import httpx

from tests.service.server import Server


def test_each_attempt_is_one_line_of_json(server: Server, admin: httpx.Client, anyone: httpx.Client) -> None:
    anyone.post("/auth/login/", json={"username": "Admin", "password": "wrong"}, headers={"X-Request-ID": "request-7"})
    anyone.get("/users/me/?token=lk_secret")
    assert server.log is not None
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    assert [(line["logger"], line["message"], line["is_success"]) for line in lines] == [
        ("audit", "login", True),
        ("audit", "login", False),
    ]
    assert (lines[1]["username"], lines[1]["failure_reason"], lines[1]["request_id"]) == (
        "admin", "wrong_password", "request-7",
    )  # fmt: skip
    assert "lk_" not in server.log.read_text()
