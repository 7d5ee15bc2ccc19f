"""What becomes of files that are sent along with a form."""

from typing import Any, NoReturn

from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParserError


class NoFiles(FileUploadHandler):
    """Refuses the form as soon as a file begins in it.

    Nothing here takes files. Django's own handlers would keep them, on disk from 2.5 MB on, before anybody has asked
    who sends them.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise what makes Django and REST framework answer 400."""
        raise MultiPartParserError("no files are taken here")
