"""How long tokens live, as the pages say it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from auth_api.models import AuthToken
from dashboard.lifetimes import in_words
from tests.dashboard.conftest import DASHBOARD, text_of, token_form
from users.models import User

TOKENS = "/dashboard/tokens/"
DAY = timedelta(days=1)


def said(page: object) -> str:
    """Return the text of the page, with letters for its times."""
    text = re.sub(r"<time.*?</time>", "TIME", text_of(page))
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def issued(user: User, days: int | None = None) -> AuthToken:
    """Return a token that ends after as many days, or as long as is usual."""
    return user.auth_tokens.issue(name="x", expires_at=timezone.now() + days * DAY if days else None).token


@pytest.mark.parametrize(
    ("lifetime", "idle", "days", "words"),
    [
        (30, 14, 365, "Ends TIME, or after 14 days without use"),
        (30, 14, None, "Ends TIME, or after 14 days without use"),
        (30, 14, 7, "Ends TIME End"),  # which comes first, however little it is used
        (30, 0, 365, "Ends TIME End"),
        (0, 14, None, "Ends after 14 days without use"),
        (0, 0, None, "Has no end"),
    ],
)
def test_list_says_what_ends_a_token(
    browser: Client, bob: User, settings: Settings, lifetime: int, idle: int, days: int | None, words: str
) -> None:
    settings.TOKEN_LIFETIME, settings.TOKEN_IDLE_LIFETIME = lifetime * DAY, idle * DAY
    issued(bob, days)
    assert words in said(browser.get(DASHBOARD))


def test_page_with_the_key_says_what_ends_it(browser: Client) -> None:
    long = said(browser.post(TOKENS, token_form(days="365")))
    assert "safe methods only. Ends TIME, or after 14 days without use." in long
    short = said(browser.post(TOKENS, token_form(days="7")))
    assert "safe methods only. Ends TIME." in short


def test_form_says_how_long_is_usual_and_what_idleness_does(browser: Client, settings: Settings) -> None:
    page = said(browser.get(TOKENS))
    assert "As long as is usual here: 30 days" in page
    assert "It ends sooner if it is not used for 14 days." in page
    settings.TOKEN_LIFETIME, settings.TOKEN_IDLE_LIFETIME = timedelta(0), timedelta(0)
    page = said(browser.get(TOKENS))
    assert "As long as is usual here: without end" in page
    assert "It ends sooner" not in page
    assert "id_days_helptext" not in text_of(browser.get(TOKENS))


def test_token_that_was_never_used_was_not_last_used_when_it_was_made(browser: Client, bob: User) -> None:
    token = issued(bob)
    tokens = said(browser.get(DASHBOARD)).partition("Each opens your account")[2].partition("Recent logins")[0]
    assert "Not used yet, or only in its first minute" in tokens
    assert "Last used" not in tokens
    AuthToken.objects.filter(pk=token.pk).update(last_used_at=token.created_at + timedelta(minutes=2))
    tokens = said(browser.get(DASHBOARD)).partition("Each opens your account")[2].partition("Recent logins")[0]
    assert "Last used TIME" in tokens
    assert "Not used yet" not in tokens


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(days=1), "1 day"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=61), "61 seconds"),
        (timedelta(milliseconds=500), "1 second"),
    ],
)
def test_duration_is_a_whole_number_of_something(duration: timedelta, words: str) -> None:
    assert in_words(duration) == words
