"""The addresses of the rules' workbench."""

from django.urls import path

from triage.views import drafts, editing, labels, replays, routing, rules, versions

DRAFT = "triage/drafts/<int:draft_id>/"

urlpatterns = [
    path("triage/", rules.show_rules, name="rules"),
    path("triage/start/", editing.start_editing, name="rule-start"),
    path("triage/check/", editing.check, name="rule-check"),
    path(DRAFT, drafts.show_draft, name="rules-draft"),
    path(f"{DRAFT}publish/", drafts.publish_draft, name="rules-draft-publish"),
    path(f"{DRAFT}discard/", drafts.discard, name="rules-draft-discard"),
    path(f"{DRAFT}add/", editing.add_rule, name="rule-add"),
    path(f"{DRAFT}rules/<str:rule_id>/", editing.edit_rule, name="rule-edit"),
    path(f"{DRAFT}rules/<str:rule_id>/remove/", editing.remove_rule, name="rule-remove"),
    path(f"{DRAFT}rules/<str:rule_id>/undo/", editing.undo_rule, name="rule-undo"),
    path("triage/versions/", versions.show_versions, name="versions"),
    path("triage/versions/carry/", versions.carry, name="versions-carry"),
    path("triage/versions/<int:number>/", versions.show_version, name="version"),
    path("triage/versions/<int:number>/live/", versions.make_live, name="version-live"),
    path("triage/versions/<int:number>/back/", versions.go_back, name="version-back"),
    path("triage/versions/<int:number>/shadow/", replays.show_shadow, name="shadow"),
    path("triage/versions/<int:number>/shadow/begin/", replays.start_shadow, name="shadow-begin"),
    path("triage/shadow/end/", replays.stop_shadow, name="shadow-end"),
    path("triage/replays/", replays.begin, name="replay-begin"),
    path("triage/replays/<int:replay_id>/", replays.show, name="replay"),
    path("triage/replays/<int:replay_id>/stop/", replays.stop, name="replay-stop"),
    path("triage/asks/<int:ask_id>/confirm/", versions.confirm, name="ask-confirm"),
    path("triage/asks/<int:ask_id>/refuse/", versions.refuse, name="ask-refuse"),
    path("triage/labels/", labels.show_labels, name="labels"),
    path("triage/labels/suggest/", labels.suggest, name="labels-suggest"),
    path("triage/labels/<int:grading_id>/review/", labels.review, name="label-review"),
    path("triage/suggestions/<int:suggestion_id>/accept/", labels.accept, name="suggestion-accept"),
    path("triage/routing/", routing.show_routing, name="routing"),
    path("triage/routing/change/", routing.change_route, name="routing-change"),
    path("triage/routing/members/<int:member_id>/", routing.change_skills, name="member-skills"),
    path("triage/<str:rule_id>/", rules.show_rule, name="rule"),
]
