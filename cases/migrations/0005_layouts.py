"""Layouts that officers corrected are remembered."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_asked_of_the_council"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="layout",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="Layout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("prints", models.JSONField(default=list)),
                ("form", models.CharField(blank=True, max_length=20)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "school",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to="cases.school"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LayoutLabel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=12)),
                ("label", models.CharField(max_length=200)),
                ("field", models.CharField(blank=True, max_length=40)),
                ("stood", models.IntegerField(default=0)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "layout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="labels",
                        to="cases.layout",
                    ),
                ),
                (
                    "reading",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="cases.readingrow",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("layout", "key"), name="one_lesson_a_label")
                ],
            },
        ),
    ]
