"""Static files: under names that say what is in them once they are collected, else under their own from the apps."""

from pathlib import Path

from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]  # no stubs
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]  # likewise


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # likewise
    """WhiteNoise's, for which a page need not fail because a file has not been collected."""

    def stored_name(self, name: str) -> str:
        """Return what the file is called where it is served."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # likewise
    """WhiteNoise's, which would warn where nothing has been collected."""

    def add_files(self, root: Path, prefix: str | None = None) -> None:
        """Serve what is in the folder, if there is one."""
        if Path(root).is_dir():
            super().add_files(root, prefix)
