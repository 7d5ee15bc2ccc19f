"""Tokens and sessions in the admin: to be read, by their hints, and to be ended."""

from itertools import islice
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from auth_api.models import AuthToken, Session
from auth_api.models.credentials import Credential
from auth_api.pruning import batches
from users.listing import CarefulAdmin, when
from users.models import User
from users.policy import closed_to, may_manage

BATCHES_AT_ONCE = 10  # of as many rows as are pruned in one go


class CredentialAdmin(CarefulAdmin):
    """By account, the last used first: it is looked for by whose it is. Nothing that opens anything is shown."""

    list_select_related = ()
    lookups: ClassVar[tuple[str, ...]] = ("user__id__exact",)
    # The account's column has an index, and of one account there are few to be sorted. All of them by their last use
    # would take an index that every use writes to; without one, each page would sort the table.
    ordering = ["user_id", "-last_used_at"]
    sortable_by = ()
    search_fields = ["user"]  # that there is a search at all
    search_help_text = _("A whole username or e-mail address.")
    actions = ["end_selected"]

    @admin.display(description=_("device"))
    def device(self, credential: Credential) -> str:
        """Return what the browser or program says of itself, as far as there is room."""
        return Truncator(credential.user_agent).chars(60)

    @admin.display(description=_("last used (UTC)"))
    def used(self, credential: Credential) -> str:
        """Return when that was, and from where."""
        return format_html("{}<br>{}", when(credential.last_used_at), credential.last_used_ip or "")

    @admin.display(description=_("expires (UTC)"))
    def expires(self, credential: AuthToken | Session) -> str | None:
        """Return when that is, if ever."""
        return when(credential.expires_at) if credential.expires_at else None

    @admin.display(description=_("alive"), boolean=True)
    def is_alive(self, credential: AuthToken | Session) -> bool:
        """Return whether it opens the account now."""
        return not credential.is_dead

    @admin.action(description=_("End selected"), permissions=["delete"])
    def end_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """End those of accounts that are theirs to manage, or as many as one request has the time for."""
        theirs = queryset.prefetch_related(None).exclude(user__in=closed_to(cast(User, request.user)))
        ended = sum(self.end(request, batch) for batch in islice(batches(theirs), BATCHES_AT_ONCE))
        text = ngettext("%(count)d was ended.", "%(count)d were ended.", ended) % {"count": ended}
        self.message_user(request, text, messages.SUCCESS if ended else messages.WARNING)
        if theirs.exists():
            self.message_user(request, _("More are left. Do the same again to end them."), messages.WARNING)

    @transaction.atomic
    def end(self, request: HttpRequest, batch: list[Any]) -> int:
        """End them, and write so to the history. Return how many there were."""
        self.log_deletions(request, batch)  # type: ignore[arg-type]  # Django goes through it, no more
        ended: int = self.model._default_manager.filter(pk__in=[credential.pk for credential in batch]).delete()[0]  # noqa: SLF001 - public by its documentation
        return ended

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return the actions without Django's own, which is the same with one page more."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return them with their accounts, which are read apart: SQLite would begin a join with them, and sort all."""
        return super().get_queryset(request).prefetch_related("user")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return those of the account that has this name or address."""
        if not search_term.strip():
            return queryset, False
        user = User.objects.find_by_login(search_term)
        return queryset.filter(user=user) if user else queryset.none(), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Logins make them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are ended, and otherwise left as they are."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the credential is of an account that is theirs to manage."""
        owner = getattr(obj, "user", None)
        is_theirs = owner is None or (isinstance(request.user, User) and may_manage(request.user, owner))
        return is_theirs and super().has_delete_permission(request, obj)


@admin.register(AuthToken)
class AuthTokenAdmin(CredentialAdmin):
    """Tokens."""

    lookups = (*CredentialAdmin.lookups, "scope__exact")
    list_display = ["hint", "user", "name", "is_alive", "used", "expires", "reach"]
    list_filter = ["scope"]
    fields = ["user", "name", "scope", "hint", "created_at", "expires_at", "last_used_at", "last_used_ip", "user_agent"]

    @admin.display(description=_("scope"))
    def reach(self, token: AuthToken) -> str:
        """Return the scope in a word."""
        return token.scope


@admin.register(Session)
class SessionAdmin(CredentialAdmin):
    """Cookie sessions."""

    list_display = ["user", "device", "is_alive", "used", "expires"]
    fields = ["user", "created_at", "expires_at", "last_used_at", "last_used_ip", "user_agent"]
