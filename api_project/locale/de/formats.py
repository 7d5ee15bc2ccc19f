"""How Django writes times in German: as in English, so that they can be compared and looked for."""

from api_project.locale.en.formats import DATETIME_FORMAT

__all__ = ["DATETIME_FORMAT"]
