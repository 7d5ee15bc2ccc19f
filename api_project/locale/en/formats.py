"""How Django writes times where nobody says how: in the admin, to the second, as in its lists and in the log."""

DATETIME_FORMAT = "Y-m-d H:i:s e"
