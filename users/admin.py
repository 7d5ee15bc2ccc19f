"""Accounts in the admin. Who may change which is said by ``users.policy``, as at the API."""

from collections.abc import Callable
from copy import copy
from functools import partial, wraps
from typing import Any, TypeVar, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from rest_framework.exceptions import APIException, PermissionDenied

from users.forms import AccountCreationForm, AccountForm, AccountPasswordForm
from users.listing import CarefulAdmin, when
from users.models import User
from users.policy import PRIVILEGES, may_manage
from users.staff import change_account, delete_accounts, store_account

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def saying_why(view: View) -> View:
    """Say why it was refused, on the page from which somebody tried: it was the last superuser, for instance."""

    @wraps(view)
    def guarded(self: admin.ModelAdmin, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(self, request, *args, **kwargs)
        except APIException as refusal:
            detail = refusal.detail
            texts = [text for found in detail.values() for text in found] if isinstance(detail, dict) else [detail]
            self.message_user(request, " ".join(map(str, texts)), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    return cast(View, guarded)


@admin.register(User)
class AccountAdmin(CarefulAdmin, UserAdmin):
    """Django's, for staff of whom only superusers grant anything."""

    list_display = ["username", "email", "full_name", "is_active", "is_staff", "seen"]
    lookups = ("is_staff__exact", "is_superuser__exact", "is_active__exact", "groups__id__exact", "groups__isnull")
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "email", "usable_password", "password1", "password2")}),
    )

    form = AccountForm
    add_form = AccountCreationForm
    hashed: str | None = None  # of the account that is being made, where this is a copy for one request

    change_view = saying_why(UserAdmin.change_view)
    delete_view = saying_why(UserAdmin.delete_view)
    changelist_view = saying_why(UserAdmin.changelist_view)

    @admin.display(description=_("name"), ordering=Concat("last_name", "first_name"))
    def full_name(self, user: User) -> str:
        """Return first and last name, which are long."""
        return user.get_full_name()

    @admin.display(description=_("last login (UTC)"), ordering="last_login")
    def seen(self, user: User) -> str | None:
        """Return when that was, if ever."""
        return when(user.last_login) if user.last_login else None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Leave privileges to superusers, and one's own e-mail address to where the password is asked for."""
        fields = [*super().get_readonly_fields(request, obj)]
        if not request.user.is_superuser:
            fields += [*PRIVILEGES, "groups", "user_permissions"]
        return [*fields, "email"] if obj == request.user else fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the account is theirs to change."""
        return super().has_change_permission(request, obj) and is_theirs(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the account is theirs to delete."""
        return super().has_delete_permission(request, obj) and is_theirs(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Make or change the account as the API does: only what the form changes, of a row that is locked."""
        by = cast(User, request.user)
        columns = {field.name for field in User._meta.concrete_fields}  # noqa: SLF001 - public by its documentation
        changes = {name: form.cleaned_data[name] for name in form.changed_data if name in columns}
        if change:
            change_account(by=by, account=obj, changes=changes)
            return
        if self.hashed is None:  # Django's page of an account takes the order for a new one, which it doesn't offer
            raise PermissionDenied
        obj.password = self.hashed
        store_account(by=by, account=obj, columns=changes)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Delete the account, if it is still theirs to delete."""
        delete_accounts(by=cast(User, request.user), accounts=[obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Delete the accounts, likewise."""
        delete_accounts(by=cast(User, request.user), accounts=queryset)

    @transaction.atomic
    def response_action(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponseBase | None:  # type: ignore[override]  # the stubs leave out None
        """Do it, or nothing of it: Django's action writes to the history before it deletes."""
        return super().response_action(request, queryset)

    @method_decorator(sensitive_post_parameters())
    @saying_why
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Hash the password before Django's view begins its transaction: on SQLite nobody else writes meanwhile."""
        own = copy(self)
        if request.method == "POST" and self.has_add_permission(request) and self.has_change_permission(request):
            form = cast(AccountCreationForm, self.get_form(request)(request.POST))
            own.hashed = form.hashed() if form.is_valid() else None
        return UserAdmin.add_view(own, request, form_url, extra_context)

    @saying_why
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002 - Django's
        """Ask for the current password where it is one's own that is changed."""
        if self.get_object(request, unquote(id)) == request.user:  # a number can be written in several ways
            return redirect("admin:password_change")
        own = copy(self)  # for this request: Django hands the form nobody who asks
        own.change_password_form = partial(AccountPasswordForm, by=cast(User, request.user))
        return UserAdmin.user_change_password(own, request, id, form_url)


def is_theirs(request: HttpRequest, account: User | None) -> bool:
    """Whether whoever asks may change the account, if it is one that is asked about."""
    return account is None or (isinstance(request.user, User) and may_manage(request.user, account))


admin.site.unregister(Group)


@admin.register(Group)
class SuperusersGroupAdmin(CarefulAdmin, GroupAdmin):
    """Groups, which grant permissions: for superusers."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether it is a superuser who asks."""
        return request.user.is_active and request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Likewise."""
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Likewise."""
        return self.has_add_permission(request)
