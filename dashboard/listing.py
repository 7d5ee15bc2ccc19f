"""Lists on the dashboard that go on on pages of their own, and the way back to them."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from users import listing
from users.listing import BoundedPaginator

KEPT = ("by", "logins", "sessions", "tokens")  # what of the dashboard's address says which part of it is shown


class Listing(BoundedPaginator):
    """Two queries for a page, however many rows there are. A page that is not there is the nearest one that is."""

    @property
    def in_all(self) -> str:
        """How many rows there are, as far as they are counted."""
        return f"{self.count}+" if self.count >= listing.MAX_COUNT else str(self.count)


def page_of(rows: QuerySet[Any], asked: Mapping[str, str], name: str, *, size: int) -> Page[Any]:
    """Return the page of the list that the address asks for under its name."""
    return Listing(rows, size).get_page(asked.get(name, 1))


def back_to(part: str, request: HttpRequest) -> HttpResponseRedirect:
    """Lead to a part of the dashboard as it was: the forms there are sent with what stood in its address."""
    kept = {name: request.GET[name] for name in KEPT if name in request.GET}
    return HttpResponseRedirect(reverse("dashboard", query=kept, fragment=part))
