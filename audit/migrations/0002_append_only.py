"""The database itself refuses to change or delete a row of the login log, whoever asks.

Retention is the one exception: within a transaction that has said so in ``audit_retention``, rows up to that id may go.
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = [
    """
    CREATE TRIGGER audit_loginlog_no_update BEFORE UPDATE ON audit_loginlog
    BEGIN SELECT RAISE(ABORT, 'the login log is append-only'); END
    """,
    """
    CREATE TRIGGER audit_loginlog_no_delete BEFORE DELETE ON audit_loginlog
    WHEN NOT EXISTS (SELECT 1 FROM audit_retention WHERE id >= OLD.id)
    BEGIN SELECT RAISE(ABORT, 'the login log is append-only'); END
    """,
]
POSTGRESQL = [
    """
    CREATE FUNCTION audit_loginlog_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF EXISTS (SELECT 1 FROM audit_retention WHERE id >= OLD.id) THEN
                RETURN OLD;
            END IF;
        ELSIF TG_OP = 'TRUNCATE' THEN
            IF EXISTS (SELECT 1 FROM audit_retention WHERE id >= (SELECT COALESCE(MAX(id), 0) FROM audit_loginlog)) THEN
                RETURN NULL;
            END IF;
        END IF;
        RAISE EXCEPTION 'the login log is append-only' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER audit_loginlog_no_change BEFORE UPDATE OR DELETE ON audit_loginlog
    FOR EACH ROW EXECUTE FUNCTION audit_loginlog_refuse()
    """,
    """
    CREATE TRIGGER audit_loginlog_no_truncate BEFORE TRUNCATE ON audit_loginlog
    FOR EACH STATEMENT EXECUTE FUNCTION audit_loginlog_refuse()
    """,
]
TRIGGERS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
REVERSE = {
    "sqlite": ["DROP TRIGGER audit_loginlog_no_update", "DROP TRIGGER audit_loginlog_no_delete"],
    "postgresql": ["DROP FUNCTION audit_loginlog_refuse() CASCADE"],
}


def create_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in TRIGGERS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in REVERSE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Retention",
            fields=[("id", models.BigIntegerField(primary_key=True, serialize=False))],
        ),
        migrations.RunPython(create_triggers, drop_triggers),
    ]
