"""SQLite's ``REPLACE`` is refused as well: it takes the row out of the log's way without asking the trigger on deletes.

On PostgreSQL what changes a row by way of an insert asks the trigger on updates.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# A row that is given its id by SQLite has -1 here: https://www.sqlite.org/lang_createtrigger.html has it undefined,
# and SQLite's insert.c makes it that. Those rows are not looked for.
NO_REPLACE = """
CREATE TRIGGER audit_loginlog_no_replace BEFORE INSERT ON audit_loginlog
WHEN NEW.id <> -1 AND EXISTS (SELECT 1 FROM audit_loginlog WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the login log is append-only'); END
"""


def create_trigger(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(NO_REPLACE)


def drop_trigger(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER audit_loginlog_no_replace")


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_session")]

    operations = [migrations.RunPython(create_trigger, drop_trigger)]
