"""Triggers that refuse to change or remove a timeline entry, on both databases."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER cases_entry_no_update BEFORE UPDATE ON cases_entry
       BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END""",
    """CREATE TRIGGER cases_entry_no_delete BEFORE DELETE ON cases_entry
       BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION cases_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the timeline is append-only'; END $$""",
    """CREATE TRIGGER cases_entry_no_change BEFORE UPDATE OR DELETE ON cases_entry
       FOR EACH ROW EXECUTE FUNCTION cases_entry_refuse()""",
    """CREATE TRIGGER cases_entry_no_truncate BEFORE TRUNCATE ON cases_entry
       FOR EACH STATEMENT EXECUTE FUNCTION cases_entry_refuse()""",
]


def refuse_changes(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in SQLITE if vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_first")]
    operations = [migrations.RunPython(refuse_changes, migrations.RunPython.noop)]
