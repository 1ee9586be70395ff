"""Web hooks: an unguessable address for each account, and what the platforms tell there."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import connectors.models


def give_tokens(apps: Any, schema_editor: Any) -> None:
    """Give each account that exists a token of its own."""
    accounts = apps.get_model("connectors", "Account").objects
    for pk in accounts.values_list("pk", flat=True):
        accounts.filter(pk=pk).update(hook_token=connectors.models.new_hook_token())


def keep_tokens(apps: Any, schema_editor: Any) -> None:
    """Backwards there is nothing to do: the column goes."""


class Migration(migrations.Migration):
    dependencies = [("connectors", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="account", name="hook_token", field=models.CharField(max_length=64, null=True)
        ),
        migrations.RunPython(give_tokens, keep_tokens),
        migrations.AlterField(
            model_name="account",
            name="hook_token",
            field=models.CharField(default=connectors.models.new_hook_token, max_length=64, unique=True),
        ),
        migrations.CreateModel(
            name="HookPayload",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("body", models.BinaryField()),
                ("sha256", models.BinaryField(max_length=32)),
                ("received_at", models.DateTimeField()),
                ("repeats", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting to be read"),
                            ("done", "Read"),
                            ("unreadable", "Could not be read"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.SmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("problem", models.CharField(blank=True, max_length=500)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hook_payloads",
                        to="connectors.account",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["next_attempt_at"], name="hook_due"
                    ),
                    models.Index(fields=["received_at"], name="hook_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "sha256"), name="hook_payload_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "done", "unreadable"])),
                        name="hook_state_known",
                    ),
                ],
            },
        ),
    ]
