"""How a line of the log is written."""

import json

from pythonjsonlogger.core import LogData
from pythonjsonlogger.orjson import OrjsonFormatter


class LineFormatter(OrjsonFormatter):
    """The library's, which writes a login's line in a third of its other formatter's time, and no line less."""

    def jsonify_log_record(self, log_data: LogData) -> str:
        """Return the line; also where it has what orjson refuses, such as half a character from a URL."""
        try:
            return super().jsonify_log_record(log_data)
        except TypeError:
            return json.dumps(log_data, default=str)
