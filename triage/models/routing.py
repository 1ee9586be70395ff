"""Which skills a contact needs, by its tags."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class SkillRoute(models.Model):
    """Contacts with this tag need somebody with these skills."""

    tag = models.CharField(max_length=60, unique=True)
    skills = ArrayField(models.CharField(max_length=60))

    class Meta:
        ordering = ["tag"]
        constraints = [
            models.CheckConstraint(condition=~Q(tag="") & ~Q(skills=[]), name="route_leads_somewhere")
        ]

    def __str__(self) -> str:
        return f"{self.tag}: {', '.join(self.skills)}"
