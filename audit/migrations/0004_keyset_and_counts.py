"""Indexes that have each filter's rows in the order of pages, addresses in parts, and counts that triggers keep."""

from importlib import import_module

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import audit.fields
from audit.networks import parts_of_text

# The time is cut, not rounded: SQLite's own reading of fractions would carry the last half millisecond over.
SQLITE_QUARTER = "CAST(strftime('%s', substr({row}login_time, 1, 19)) AS INTEGER) / 900"
POSTGRESQL_QUARTER = "floor(extract(epoch FROM login_time) / 900)::bigint"
COUNT_SQLITE = [
    f"""
    CREATE TRIGGER audit_loginlog_count AFTER INSERT ON audit_loginlog
    BEGIN
        INSERT INTO audit_quarterhour (quarter, shard, successes, failures)
        VALUES ({SQLITE_QUARTER.format(row="NEW.")}, 0, NEW.is_success, NOT NEW.is_success)
        ON CONFLICT (quarter, shard) DO UPDATE
        SET successes = successes + excluded.successes, failures = failures + excluded.failures;
    END
    """,
    f"""
    CREATE TRIGGER audit_loginlog_uncount AFTER DELETE ON audit_loginlog
    BEGIN
        UPDATE audit_quarterhour SET successes = successes - OLD.is_success, failures = failures - NOT OLD.is_success
        WHERE quarter = {SQLITE_QUARTER.format(row="OLD.")} AND shard = 0;
    END
    """,
    f"""
    INSERT INTO audit_quarterhour (quarter, shard, successes, failures)
    SELECT {SQLITE_QUARTER.format(row="")} AS q, 0, SUM(is_success), SUM(NOT is_success) FROM audit_loginlog GROUP BY q
    """,
]
COUNT_POSTGRESQL = [
    # By statement: rows that are loaded in bulk are counted in bulk. The order keeps two loads from a deadlock.
    f"""
    CREATE FUNCTION audit_loginlog_count() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        sign integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
    BEGIN
        INSERT INTO audit_quarterhour AS counted (quarter, shard, successes, failures)
        SELECT {POSTGRESQL_QUARTER}, pg_backend_pid() % 16,
               sign * count(*) FILTER (WHERE is_success), sign * count(*) FILTER (WHERE NOT is_success)
        FROM changed GROUP BY 1 ORDER BY 1
        ON CONFLICT (quarter, shard) DO UPDATE
        SET successes = counted.successes + excluded.successes, failures = counted.failures + excluded.failures;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION audit_loginlog_count_none() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM audit_quarterhour;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER audit_loginlog_count AFTER INSERT ON audit_loginlog REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION audit_loginlog_count()
    """,
    """
    CREATE TRIGGER audit_loginlog_uncount AFTER DELETE ON audit_loginlog REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION audit_loginlog_count()
    """,
    """
    CREATE TRIGGER audit_loginlog_count_none AFTER TRUNCATE ON audit_loginlog
    FOR EACH STATEMENT EXECUTE FUNCTION audit_loginlog_count_none()
    """,
    f"""
    INSERT INTO audit_quarterhour (quarter, shard, successes, failures)
    SELECT {POSTGRESQL_QUARTER}, 0, count(*) FILTER (WHERE is_success), count(*) FILTER (WHERE NOT is_success)
    FROM audit_loginlog GROUP BY 1
    """,
]
COUNT = {"sqlite": COUNT_SQLITE, "postgresql": COUNT_POSTGRESQL}
UNCOUNT = {
    "sqlite": ["DROP TRIGGER audit_loginlog_count", "DROP TRIGGER audit_loginlog_uncount"],
    "postgresql": [
        "DROP FUNCTION audit_loginlog_count() CASCADE",
        "DROP FUNCTION audit_loginlog_count_none() CASCADE",
    ],
}
# The log refuses changes, this one as well, unless it is told.
OPEN = {
    "sqlite": "DROP TRIGGER audit_loginlog_no_update",
    "postgresql": "ALTER TABLE audit_loginlog DISABLE TRIGGER audit_loginlog_no_change",
}
SHUT = {
    "sqlite": import_module("audit.migrations.0002_append_only").SQLITE[0],
    "postgresql": "ALTER TABLE audit_loginlog ENABLE TRIGGER audit_loginlog_no_change",
}


FILL = """
UPDATE audit_loginlog SET address_coarse = %s, address_medium = %s, address_fine = %s, address_host = %s WHERE id = %s
"""
BATCH = 10_000  # rows in memory at a time


def fill_parts(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the rows that are there their addresses in parts: by id, since there is no index on addresses yet."""
    rows = apps.get_model("audit", "LoginLog").objects.order_by("id").values_list("id", "ip_address")
    vendor, last = schema_editor.connection.vendor, -(2**63)
    schema_editor.execute(OPEN[vendor])
    with schema_editor.connection.cursor() as cursor:
        while batch := list(rows.filter(id__gt=last)[:BATCH]):
            found = ((parts_of_text(text), number) for number, text in batch)
            cursor.executemany(FILL, [(*parts, number) for parts, number in found if parts])
            last = batch[-1][0]
    schema_editor.execute(SHUT[vendor])


def create_counts(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in COUNT[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)  # a per cent sign is one


def drop_counts(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in UNCOUNT[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)  # a per cent sign is one


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_hops"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="QuarterHour",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "quarter", "shard", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("quarter", models.BigIntegerField()),
                ("shard", models.SmallIntegerField()),
                ("successes", models.BigIntegerField()),
                ("failures", models.BigIntegerField()),
            ],
        ),
        migrations.AlterModelOptions(
            name="loginlog",
            options={
                "ordering": ["-login_time", "-id"],
                "verbose_name": "login attempt",
                "verbose_name_plural": "login attempts",
            },
        ),
        migrations.RemoveIndex(
            model_name="loginlog",
            name="audit_loginlog_user",
        ),
        migrations.AddField(
            model_name="loginlog",
            name="address_coarse",
            field=audit.fields.AddressPartField(editable=False, null=True, part="coarse"),
        ),
        migrations.AddField(
            model_name="loginlog",
            name="address_fine",
            field=audit.fields.AddressPartField(editable=False, null=True, part="fine"),
        ),
        migrations.AddField(
            model_name="loginlog",
            name="address_host",
            field=audit.fields.AddressPartField(editable=False, null=True, part="host"),
        ),
        migrations.AddField(
            model_name="loginlog",
            name="address_medium",
            field=audit.fields.AddressPartField(editable=False, null=True, part="medium"),
        ),
        migrations.RunPython(fill_parts, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(fields=["login_time", "id"], name="audit_log_time"),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(
                condition=models.Q(("user__isnull", False)), fields=["user", "login_time", "id"], name="audit_log_user"
            ),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(fields=["username", "login_time", "id"], name="audit_log_username"),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(fields=["ip_address", "login_time", "id"], name="audit_log_address"),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(fields=["address_fine", "login_time", "id"], name="audit_log_fine"),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(fields=["address_medium", "login_time", "id"], name="audit_log_medium"),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(fields=["address_coarse", "login_time", "id"], name="audit_log_coarse"),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(fields=["is_success", "login_time", "id"], name="audit_log_success"),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(
                condition=models.Q(("is_success", False)),
                fields=["failure_reason", "login_time", "id"],
                name="audit_log_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="loginlog",
            index=models.Index(fields=["entrance", "login_time", "id"], name="audit_log_entrance"),
        ),
        migrations.RunPython(create_counts, drop_counts),
    ]
