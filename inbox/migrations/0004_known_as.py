"""Remember what later mails call a mail, also of those that were collected before."""

import json

from django.db import migrations, models


def name_mails(apps, schema_editor):
    """Take the Message-IDs of collected mails from what an answer to them would name."""
    Message = apps.get_model("inbox", "Message")
    mails = Message.objects.filter(raw__media_type="message/rfc822", known_as="", direction="in")
    batch = []
    for message in mails.only("id", "terms").iterator(chunk_size=1000):
        try:
            target = json.loads(message.terms.get("private_target") or "{}")
        except ValueError:
            continue
        name = str(target.get("message_id") or "") if isinstance(target, dict) else ""
        if name and len(name) <= 500:
            message.known_as = name
            batch.append(message)
        if len(batch) == 1000:
            Message.objects.bulk_update(batch, ["known_as"])
            batch = []
    Message.objects.bulk_update(batch, ["known_as"])


class Migration(migrations.Migration):
    dependencies = [
        ("connectors", "0001_initial"),
        ("inbox", "0003_urgent_few"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="known_as",
            field=models.CharField(blank=True, default="", max_length=500),
            preserve_default=False,
        ),
        migrations.RunPython(name_mails, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("known_as", ""), _negated=True),
                fields=["account", "known_as"],
                name="message_known_as",
            ),
        ),
    ]
