"""Pages of the login log."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class KeysetPagination(CursorPagination):
    """REST framework's cursors over the id, newest first: any page costs the same, and none repeats or skips a row."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    parameters = ("cursor", "page_size", "format")

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the cursor, or raise ValidationError for one that no list of ids gave out."""
        if not request.query_params.get("cursor"):
            return None
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            raise ValidationError({"cursor": [self.invalid_cursor_message]}) from None
        if cursor is not None and (cursor.offset or not is_position(cursor.position)):
            raise ValidationError({"cursor": [self.invalid_cursor_message]})
        return cursor

    def get_page_size(self, request: Request) -> int:
        """Return the page size asked for, at most 200, or raise ValidationError."""
        text = request.query_params.get("page_size")
        if not text:
            return self.page_size
        if not (is_position(text) and int(text) > 0):
            raise ValidationError({"page_size": [_("Enter a whole number, 1 or more.")]})
        return min(int(text), self.max_page_size)


def is_position(position: Any) -> bool:
    """Whether the position of a cursor can be an id."""
    return isinstance(position, str) and position.isascii() and position.isdecimal() and len(position) < 20
