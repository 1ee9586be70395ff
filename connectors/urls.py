"""The addresses of the pages about accounts and teams."""

from django.urls import path

from connectors.views import teams

urlpatterns = [
    path("teams/", teams.list_teams, name="teams"),
    path("teams/add/", teams.edit_team, name="team-add"),
    path("teams/<int:team_id>/", teams.edit_team, name="team"),
    path("teams/<int:team_id>/secret/", teams.renew_secret, name="team-secret"),
]
