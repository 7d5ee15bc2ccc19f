"""The database itself holds retention to the oldest rows: none goes while one with a smaller id stays.

And what retention says in ``audit_retention`` ends with its transaction: that row refers to one that there can't be,
which the database looks for at commit.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

WAS = import_module("audit.migrations.0002_append_only")
SQLITE = [
    # The rows of one statement go in the order of their ids, whatever index finds them: where there are triggers,
    # SQLite collects the ids first, and then takes the smallest each time. https://sqlite.org/src/file/src/rowset.c
    """
    CREATE TRIGGER audit_loginlog_no_delete BEFORE DELETE ON audit_loginlog
    WHEN NOT EXISTS (SELECT 1 FROM audit_retention WHERE id >= OLD.id)
      OR EXISTS (SELECT 1 FROM audit_loginlog WHERE id < OLD.id)
    BEGIN SELECT RAISE(ABORT, 'the login log is append-only'); END
    """,
]
POSTGRESQL = [
    # A log without rows may be emptied, as tests do. What retention says can't be there by then.
    """
    CREATE OR REPLACE FUNCTION audit_loginlog_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF EXISTS (SELECT 1 FROM audit_retention WHERE id >= OLD.id) THEN
                RETURN OLD;
            END IF;
        ELSIF TG_OP = 'TRUNCATE' THEN
            IF NOT EXISTS (SELECT 1 FROM audit_loginlog) THEN
                RETURN NULL;
            END IF;
        END IF;
        RAISE EXCEPTION 'the login log is append-only' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    # By statement: PostgreSQL deletes its rows in any order.
    """
    CREATE FUNCTION audit_loginlog_oldest_first() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM audit_loginlog WHERE id < (SELECT MAX(id) FROM gone)) THEN
            RAISE EXCEPTION 'the login log is append-only' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER audit_loginlog_oldest_first AFTER DELETE ON audit_loginlog REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION audit_loginlog_oldest_first()
    """,
]
# SQLite can't alter a table that a trigger speaks of.
DROP_SQLITE = "DROP TRIGGER audit_loginlog_no_delete"
AGAIN_POSTGRESQL = [
    "DROP FUNCTION audit_loginlog_oldest_first() CASCADE",
    WAS.POSTGRESQL[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
]


def begin(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take back what somebody may have left there, and the trigger that is in the way."""
    apps.get_model("audit", "Retention").objects.all().delete()
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(DROP_SQLITE)


def end_backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(WAS.SQLITE[1])


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in {"sqlite": [DROP_SQLITE], "postgresql": AGAIN_POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_no_replace")]

    operations = [
        migrations.RunPython(begin, end_backwards),
        migrations.AddField(
            model_name="retention",
            name="never",
            field=models.ForeignKey(
                db_default=0,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="audit.retention",
            ),
        ),
        migrations.AddConstraint(
            model_name="retention",
            constraint=models.CheckConstraint(
                condition=models.Q(("id__gt", 0), ("never", 0)), name="audit_retention_ends_with_its_transaction"
            ),
        ),
        migrations.RunPython(create, drop),
    ]
