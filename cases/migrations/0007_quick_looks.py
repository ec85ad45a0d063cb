"""What waits, and what is to go from the mailbox, is found without walking through ten years."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_mailbox_copies"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="arrival",
            name="to_erase",
        ),
        migrations.AddField(
            model_name="sighting",
            name="erase_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="caseevent",
            index=models.Index(
                fields=["state", "recorded_at"], name="cases_casee_state_99793b_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["act", "id"], name="cases_entry_act_1256c3_idx"),
        ),
        migrations.AddIndex(
            model_name="fieldvalue",
            index=models.Index(fields=["state", "at"], name="cases_field_state_04101b_idx"),
        ),
        migrations.AddIndex(
            model_name="readingrow",
            index=models.Index(fields=["state", "verdict"], name="cases_readi_state_d571d7_idx"),
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(
                condition=models.Q(("erase_at__isnull", False)),
                fields=["erase_at"],
                name="to_erase",
            ),
        ),
    ]
