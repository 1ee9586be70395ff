"""How Bluesky's JSON is read, without a server: names of errors, facets, times, blocks, targets."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests

from connectors import errors
from connectors.bluesky.parse import Own, parse_notice
from connectors.bluesky.refusals import explain_refusal, read_reset
from connectors.bluesky.sessions import find_host
from connectors.bluesky.terms import split_private, split_public, takes_messages
from connectors.bluesky.words import find_links, read_words

OWN = Own("did:plc:us", "police.example")


@pytest.mark.parametrize(
    ("status", "name", "reading", "writing"),
    [
        (400, "ExpiredToken", errors.AuthExpired, errors.AuthExpired),
        (401, "AuthenticationRequired", errors.AuthRevoked, errors.AuthRevoked),
        (400, "AccountTakedown", errors.AuthRevoked, errors.AuthRevoked),
        (429, "RateLimitExceeded", errors.RateLimited, errors.RateLimited),
        (400, "RecordNotFound", errors.ParentGone, errors.ParentGone),
        (400, "InvalidConvo", errors.ParentGone, errors.ParentGone),
        (400, "MessagesDisabled", errors.NotPermitted, errors.NotPermitted),
        (400, "NotFollowedBySender", errors.NotPermitted, errors.NotPermitted),
        (400, "BlockedActor", errors.NotPermitted, errors.NotPermitted),
        (501, "MethodNotImplemented", errors.PermissionMissing, errors.PermissionMissing),
        (400, "InvalidRequest", errors.InvalidContent, errors.InvalidContent),
        (400, "BlobTooLarge", errors.InvalidContent, errors.InvalidContent),
        (500, "InternalServerError", errors.Transient, errors.UnknownOutcome),
        (502, "UpstreamFailure", errors.Transient, errors.UnknownOutcome),
        (502, None, errors.Transient, errors.UnknownOutcome),
    ],
)
def test_each_name_has_its_meaning_whatever_the_message(status, name, reading, writing):
    response = requests.Response()
    response.status_code = status
    response._content = json.dumps({"error": name, "message": "any words"}).encode() if name else b"<html>"
    assert type(explain_refusal(response, writing=False)) is reading
    assert type(explain_refusal(response, writing=True)) is writing


@pytest.mark.parametrize("said", ["", "nonsense", "1", "99999999999"])
def test_a_reset_that_makes_no_sense_never_stops_an_account_for_more_than_a_day(said):
    response = requests.Response()
    response.headers["RateLimit-Reset"] = said
    assert timedelta(0) < read_reset(response) - datetime.now(UTC) <= timedelta(days=1)


def facet(start, end, uri):
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": uri}
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def test_a_shortened_address_is_written_out_by_its_place_in_the_bytes():
    text = "Café: example.org/a... ☎️"
    start = len("Café: ".encode())
    record = {"text": text, "facets": [facet(start, start + 16, "https://example.org/a/long/one")]}
    assert read_words(record) == "Café: https://example.org/a/long/one ☎️"


@pytest.mark.parametrize(
    "facets",
    [
        [facet(0, 5, "https://evil.example/")],
        [facet(-3, 4, "https://example.org/")],
        [facet(3, 999, "https://example.org/")],
        [{"index": None}],
        "nonsense",
        [{"index": {"byteStart": "0", "byteEnd": 4}, "features": [None]}],
    ],
)
def test_facets_that_make_no_sense_or_hide_an_address_leave_the_words_alone(facets):
    assert read_words({"text": "click here", "facets": facets}) == "click here"


def test_our_own_links_are_marked_by_bytes():
    text = "☎️ https://example.org/é, thanks"
    [found] = find_links(text)
    index = found["index"]
    assert text.encode()[index["byteStart"] : index["byteEnd"]].decode() == "https://example.org/é"


def notice(**more):
    record = {"text": "Hi", "createdAt": "2026-11-22T20:00:00Z", **more.pop("record", {})}
    return {
        "uri": "at://did:plc:jo/app.bsky.feed.post/3abc",
        "cid": "bafyreiabcdef1234",
        "author": {"did": "did:plc:jo", "handle": "jo.example", **more.pop("author", {})},
        "record": record,
        "indexedAt": "2026-11-22T20:00:00Z",
        **more,
    }


def test_when_it_arrived_counts_and_a_device_that_lies_about_the_time_is_told():
    item = parse_notice(notice(record={"createdAt": "1999-01-01T00:00:00Z"}), {}, OWN, "{}")
    assert item.written_at == datetime(2026, 11, 22, 20, tzinfo=UTC)
    assert "1999" in item.remarks[0]


def test_who_blocked_us_can_be_answered_in_no_way():
    terms = parse_notice(notice(author={"viewer": {"blockedBy": True}}), {}, OWN, "{}").terms
    assert terms.public_refusal and terms.private_refusal


@pytest.mark.parametrize(
    ("chat", "viewer", "takes"),
    [
        ({"allowIncoming": "all"}, {}, True),
        ({"allowIncoming": "none"}, {"followedBy": "at://x"}, False),
        ({"allowIncoming": "following"}, {}, False),
        ({"allowIncoming": "following"}, {"followedBy": "at://x"}, True),
        ({}, {}, True),
    ],
)
def test_whether_somebody_takes_messages_is_known_before_a_word_is_typed(chat, viewer, takes):
    assert takes_messages({"associated": {"chat": chat}, "viewer": viewer}) is takes


def test_a_film_and_a_card_are_told_and_a_picture_is_found_without_being_shown():
    film = {"embed": {"$type": "app.bsky.embed.video", "video": {}}}
    assert "film" in parse_notice(notice(record=film), {}, OWN, "{}").remarks[0]
    card = {"embed": {"external": {"uri": "https://example.org/news"}}}
    assert parse_notice(notice(record=card), {}, OWN, "{}").text == "Hi\nhttps://example.org/news"
    image = {"alt": "A van", "image": {"ref": {"$link": "bafkreiabc"}}}
    [file] = parse_notice(notice(record={"embed": {"images": [image]}}), {}, OWN, "{}").files
    assert file.source.endswith("/did:plc:jo/bafkreiabc@jpeg")
    assert file.alternative == "A van"


def test_targets_are_read_back_as_they_were_made():
    terms = parse_notice(notice(), {}, OWN, "{}").terms
    assert split_public(terms.public_target).root["uri"].endswith("/3abc")
    assert split_private(terms.private_target) == ("with", "did:plc:jo")


@pytest.mark.parametrize(
    ("said", "host"),
    [
        ("https://morel.us-east.host.bsky.network", "morel.us-east.host.bsky.network"),
        ("http://morel.example", "bsky.social"),
        ("https://127.0.0.1:8000", "bsky.social"),
        ("https://[::1]/", "bsky.social"),
        ("nonsense", "bsky.social"),
    ],
)
def test_where_the_data_lives_is_taken_from_the_session_if_it_can_be(said, host):
    assert find_host({"pds": said}, "bsky.social") == host
