"""What a manager had deleted goes from the mailbox too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_layouts"),
    ]

    operations = [
        migrations.AddField(
            model_name="arrival",
            name="erase_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(
                condition=models.Q(("erase_at__isnull", False)),
                fields=["erase_at"],
                name="to_erase",
            ),
        ),
    ]
