"""The addresses of the pages about accounts and teams."""

from django.urls import path

from connectors.views import accounts, consent, hooks, teams

urlpatterns = [
    path("accounts/", accounts.list_accounts, name="accounts"),
    path("accounts/add/<slug:channel>/", accounts.add_account, name="account-add"),
    path("accounts/consent/", consent.come_back, name="account-consent"),
    path("accounts/<int:account_id>/", accounts.show_account, name="account"),
    path("accounts/<int:account_id>/test/", accounts.test_account, name="account-test"),
    path("accounts/<int:account_id>/watch/", accounts.watch_account, name="account-watch"),
    path("accounts/<int:account_id>/settings/", accounts.change_settings, name="account-settings"),
    path("accounts/<int:account_id>/pause/", accounts.pause_account, name="account-pause"),
    path("accounts/<int:account_id>/resume/", accounts.resume_account, name="account-resume"),
    path("accounts/<int:account_id>/connect/", accounts.connect_again, name="account-connect"),
    path("hooks/<slug:hook_token>/", hooks.Hook.as_view(), name="hook"),
    path("teams/", teams.list_teams, name="teams"),
    path("teams/add/", teams.edit_team, name="team-add"),
    path("teams/<int:team_id>/", teams.edit_team, name="team"),
    path("teams/<int:team_id>/secret/", teams.renew_secret, name="team-secret"),
]
