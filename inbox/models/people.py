"""Members of the public and the names under which they write."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Person(models.Model):
    """A member of the public, under one or several handles."""

    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=12, blank=True)
    markers = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name or f"person {self.pk}"


class Handle(models.Model):
    """A person's identity on one channel. `key` is the channel's own stable id, never a display name."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="handles")
    channel = models.CharField(max_length=20)
    key = models.CharField(max_length=320)
    name = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=320, blank=True)
    first_seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="handle_once")]
        indexes = [
            GinIndex(fields=["name"], name="handle_name_like", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["address"], name="handle_address_like", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.address or self.name
