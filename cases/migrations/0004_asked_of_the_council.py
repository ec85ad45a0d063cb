"""What was asked for the council as a whole is asked once, too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_read_ahead"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="asked",
            constraint=models.UniqueConstraint(
                condition=models.Q(("case", None)),
                fields=("council", "rule", "step", "started_on"),
                name="asked_once_of_the_council",
            ),
        ),
    ]
