"""The worker's application. Tasks carry ids only; rows in the database are the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")

from django.conf import settings

app = Celery("desk")
app.conf.update(settings.CELERY)
app.autodiscover_tasks(lambda: ["triage", "inbox", "connectors"])
