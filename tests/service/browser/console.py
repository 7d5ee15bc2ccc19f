"""What the browser complains of: errors in scripts, missing files, violations of the Content-Security-Policy."""

from http import HTTPStatus

from playwright.sync_api import BrowserContext, ConsoleMessage, WebError

LOUD = {"error", "warning", "assert"}


class Console:
    """Hears all pages of its contexts. Nothing may be heard but what the test has announced."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.announced: set[str] = set()

    def listen(self, context: BrowserContext) -> None:
        """Hear what its pages say from now on."""
        context.on("console", self._note)
        context.on("weberror", self._note_error)

    def announce(self, *texts: str | HTTPStatus) -> None:
        """Take these for what the test is about. A status is that of a page that the browser is to be refused."""
        self.announced |= {refusal(text) if isinstance(text, HTTPStatus) else text for text in texts}

    @property
    def surprises(self) -> list[str]:
        """Return what was heard and not announced."""
        return [text for text in self.heard if text not in self.announced]

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in LOUD:
            self.heard.append(message.text)

    def _note_error(self, error: WebError) -> None:
        self.heard.append(str(error.error))


def refusal(status: HTTPStatus) -> str:
    """Return what Chromium says of a page with that status."""
    return f"Failed to load resource: the server responded with a status of {status} ({status.phrase})"
