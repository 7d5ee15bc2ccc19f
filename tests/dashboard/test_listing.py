"""Lists that go on on pages of their own, and the way back to them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from auth_api.models import AuthToken, Session
from tests.dashboard.conftest import DASHBOARD, text_of
from users.models import User

COUNT = 23  # with the browser's own session, 24


@pytest.fixture
def much(browser: Client, bob: User) -> Client:
    """Return the browser of somebody with many tokens and sessions, the last used of which have the least number."""
    now = timezone.now()
    for number in range(COUNT):
        token = bob.auth_tokens.issue(name=f"token {number}").token
        AuthToken.objects.filter(pk=token.pk).update(last_used_at=now - timedelta(hours=number))
        Session.objects.create(
            digest=str(number),
            user=bob,
            auth_hash=bob.get_session_auth_hash(),
            user_agent=f"agent{number}",
            last_used_at=now - timedelta(hours=number),
            expires_at=now + timedelta(days=1),
        )
    return browser


def tokens_on(page: str) -> list[int]:
    """Return the numbers of the tokens on the page."""
    return [int(number) for number in re.findall(r"<h3>token (\d+) ", page)]


def sessions_on(page: str) -> list[int]:
    """Return the numbers of the sessions on the page."""
    return [int(number) for number in re.findall(r"<h3>agent(\d+) ", page)]


def test_every_token_and_every_session_is_on_a_page(much: Client) -> None:
    pages = [text_of(much.get(DASHBOARD, {"tokens": number, "sessions": number})) for number in (1, 2, 3)]
    assert [number for page in pages for number in tokens_on(page)] == list(range(COUNT))
    assert [number for page in pages for number in sessions_on(page)] == list(range(COUNT))
    assert "11 to 20 of 23" in pages[1]
    assert "11 to 20 of 24" in pages[1]


def test_lists_are_turned_apart_from_one_another(much: Client) -> None:
    page = text_of(much.get(DASHBOARD, {"tokens": "2", "sessions": "3"}))
    assert '<a href="?tokens=1&amp;sessions=3#tokens" rel="prev">' in page
    assert '<a href="?tokens=3&amp;sessions=3#tokens" rel="next">' in page
    assert '<a href="?tokens=2&amp;sessions=2#sessions" rel="prev">' in page
    assert '#sessions" rel="next">' not in page


def test_list_that_fits_has_no_pages(browser: Client) -> None:
    assert 'class="pages"' not in text_of(browser.get(DASHBOARD))


@pytest.mark.parametrize(("asked", "shown"), [("4", 20), ("9" * 5000, 0), ("-1", 20), ("two", 0), ("", 0), ("\0", 0)])
def test_page_that_is_not_there_is_another_one(much: Client, asked: str, shown: int) -> None:
    assert tokens_on(text_of(much.get(DASHBOARD, {"tokens": asked})))[0] == shown


def test_end_of_a_token_leads_back_to_its_list_as_it_was_shown(much: Client) -> None:
    page = text_of(much.get(DASHBOARD, {"tokens": "3", "sessions": "2"}))
    token = AuthToken.objects.get(name="token 20")
    action = f"/dashboard/tokens/{token.pk}/end/?tokens=3&sessions=2"
    assert f'action="{action.replace("&", "&amp;")}"' in page
    done = much.post(action)
    assert done["Location"] == "/dashboard/?sessions=2&tokens=3#tokens"
    after = text_of(much.get(done["Location"]))
    assert tokens_on(after) == [21, 22]
    part = after.partition('id="tokens"')[2].partition("</section>")[0]
    assert "The token token 20 has been ended." in part  # where the browser is led to
    assert after.count("The token token 20 has been ended.") == 1


def test_end_of_a_session_leads_back_to_the_sessions(much: Client) -> None:
    session = Session.objects.get(user_agent="agent15")
    done = much.post(f"/dashboard/sessions/{session.pk}/end/?sessions=2")
    assert done["Location"] == "/dashboard/?sessions=2#sessions"
    part = text_of(much.get(done["Location"])).partition('id="sessions"')[2].partition("</section>")[0]
    assert "The session has been ended." in part


@pytest.mark.parametrize("query", ["?next=https://evil.example/", "?https://evil.example/", "?//evil.example/"])
def test_way_back_is_to_the_dashboard_whatever_the_address_says(much: Client, query: str) -> None:
    token = AuthToken.objects.get(name="token 1")
    done = much.post(f"/dashboard/tokens/{token.pk}/end/{query}&tokens=%0d%0a//evil.example/")
    assert done["Location"] == "/dashboard/?tokens=%0D%0A%2F%2Fevil.example%2F#tokens"


def test_everybody_can_jump_to_the_parts_of_the_page(browser: Client) -> None:
    page = text_of(browser.get(DASHBOARD))
    parts = re.findall(r'href="#(\w+)"', page.partition('class="within"')[2].partition("</nav>")[0])
    assert parts == ["sessions", "tokens", "logins"]
    assert all(f'id="{part}"' in page for part in parts)
