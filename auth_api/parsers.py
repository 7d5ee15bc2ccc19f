"""Reading request bodies: whatever is in them, the answer to a bad one is a 4xx."""

from json import JSONDecodeError
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, FormParser, JSONParser, MultiPartParser
from rest_framework.utils import json

from users.attempts import underlying

MAX_BODY_BYTES = 16 * 1024  # nothing that this API takes is larger


class BoundedMixin(BaseParser):
    """Refuses a body over 16 kB before it is parsed. Django's own limit, for pages as well, is 2.5 MB."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Parse the body, or raise RequestDataTooBig."""
        if int(parser_context["request"].META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
            raise RequestDataTooBig
        # Kept in memory, also of a multipart form: one that breaks in the middle still has to be searched for a name.
        underlying(parser_context["request"]).body  # noqa: B018 - to read it once is what keeps it
        return super().parse(stream, media_type, parser_context)


class BoundedJSONParser(BoundedMixin, JSONParser):
    """REST framework's parser, for which more is bad input: deep nesting, lone surrogates, infinite numbers."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Parse the body."""
        try:
            data = super().parse(stream, media_type, parser_context)
            # What can't be written as JSON again would be a server error as soon as an answer repeats it.
            json.dumps(data, ensure_ascii=False).encode()
        except ParseError as failure:
            raise ParseError(what_is_wrong(failure.__context__)) from None
        except RecursionError:
            raise ParseError(_("JSON parse error - nested too deep")) from None
        except ValueError:
            raise ParseError(_("JSON parse error - a lone surrogate or an infinite number")) from None
        return data


def what_is_wrong(reason: BaseException | None) -> Any:
    """Return a sentence in the reader's language, where REST framework passes on what Python says."""
    if isinstance(reason, JSONDecodeError):
        place = {"line": reason.lineno, "column": reason.colno}
        return _("JSON parse error - at line %(line)d, column %(column)d") % place
    return _("JSON parse error - not UTF-8, or a number that can't be read")


class BoundedFormParser(BoundedMixin, FormParser):
    """REST framework's parser."""


class BoundedMultiPartParser(BoundedMixin, MultiPartParser):
    """REST framework's parser. Where it fails, ``request.POST`` is empty: it would fail once more otherwise."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Parse the body."""
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError:
            inner: Any = underlying(parser_context["request"])
            inner._mark_post_parse_error()  # noqa: SLF001 - as Django does when it reads the form itself
            raise


FORMS: list[type[BaseParser]] = [BoundedFormParser, BoundedMultiPartParser]
JSON_OR_FORM: list[type[BaseParser]] = [BoundedJSONParser, *FORMS]
