"""The addresses of the rules."""

from django.urls import path

from triage.views import rules

urlpatterns = [
    path("triage/", rules.show_rules, name="rules"),
    path("triage/<str:rule_id>/", rules.show_rule, name="rule"),
]
