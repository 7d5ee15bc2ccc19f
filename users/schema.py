"""What descriptions of endpoints have in common."""

NO_CONTENT: dict[int, None] = {204: None}
ERROR = {"$ref": "#/components/schemas/Error"}  # which the whole document has
