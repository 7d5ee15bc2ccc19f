"""Who is there when the browser comes, and what they did before. Runs in ``manage.py shell`` of the service."""

import random
import secrets
import uuid
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.utils import timezone

from audit.models import LoginLog
from auth_api.models import Lockout, Scope, Session
from users.clients import Client
from users.models import User

PASSWORD = "a long enough passphrase"
ADA, GRACE = "ada", "grace"  # who has been here for long; and who is staff
NEWCOMERS = [f"newcomer{number}" for number in range(60)]  # whom a test may do anything to
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
LONG = "a-name-that-somebody-made-up-to-see-whether-the-page-holds-together"
DAYS = 30


def populate() -> None:
    """Make the tables, accounts with ``PASSWORD``, and a month of logins."""
    call_command("migrate", verbosity=0)
    password = make_password(PASSWORD)
    User.objects.bulk_create(User(username=name, password=password) for name in NEWCOMERS)
    ada = User.objects.create(
        username=ADA, password=password, email="ada@example.org", first_name="Ada", last_name="Lovelace"
    )
    grace = User.objects.create(username=GRACE, password=password, is_staff=True, is_superuser=True)
    for user in (ada, grace):
        give_credentials(user)
    LoginLog.objects.bulk_create(sorted(attempts([ada, grace]), key=lambda row: row.login_time))
    begin_lockouts()


def give_credentials(user: User) -> None:
    """Give the account sessions elsewhere, and tokens."""
    now = timezone.now()
    for agent, address in ((FIREFOX, "198.51.100.24"), (SAFARI, "2001:db8:85a3:1319:8a2e:370:7348:9")):
        Session.objects.create(
            digest=secrets.token_hex(32),
            user=user,
            auth_hash=user.get_session_auth_hash(),
            user_agent=agent,
            last_used_ip=address,
            expires_at=now + timedelta(days=9),
        )
    for name, agent in (("Backup script", "curl/8.5.0"), ("", "okhttp/4.12.0"), (LONG, LONG)):
        user.auth_tokens.issue(
            name=name, client=Client("203.0.113.80", agent), scope=Scope.READ if name else Scope.WRITE
        )


def attempts(people: list[User]) -> list[LoginLog]:
    """Return a month of attempts, of which some failed."""
    chance, now = random.Random(6), timezone.now()  # noqa: S311 - the same month in each run
    names: list[tuple[str, User | None]] = [(person.username, person) for person in people]
    names += [("root", None), ("administrator@example.org", None), (LONG, None)]
    addresses = ["198.51.100.24", "203.0.113.80", "192.0.2.77", "2001:db8:85a3:1319:8a2e:370:7348:9"]
    rows = []
    for _ in range(400):
        username, user = chance.choices(names, weights=[6, 5, 2, 1, 1])[0]
        is_success = user is not None and chance.random() < 0.8
        entrance, is_login = chance.choice(["api", "page", "session", "admin"]), is_success and chance.random() < 0.8
        reason = "" if is_success else chance.choice(["wrong_password", "locked_out"]) if user else "unknown_user"
        rows.append(
            LoginLog(
                user=user,
                username=username,
                login_time=now - timedelta(days=DAYS) * chance.random(),
                ip_address=chance.choice(addresses),
                user_agent=chance.choice([FIREFOX, SAFARI, "curl/8.5.0", LONG]),
                is_success=is_success,
                failure_reason=reason,
                entrance=entrance,
                token_id=uuid.uuid4() if is_login and entrance == "api" else None,
                session_id=uuid.uuid4() if is_login and entrance != "api" else None,
            )
        )
    return rows


def begin_lockouts() -> None:
    """Lock somebody out, elsewhere."""
    for account, network in (("root", "203.0.113.80"), (LONG, "2001:db8:85a3:1319::/64")):
        until = timezone.now() + timedelta(minutes=50)
        Lockout.objects.create(allowance="account_and_network", account=account, network=network, locked_until=until)
