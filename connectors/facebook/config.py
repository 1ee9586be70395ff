"""What a Facebook Page allows and asks for, and the guided set-up (contract sections 2 and 3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.contract import Setup, SetupField
from inbox.capabilities import MEGABYTE, Capabilities, FileKind, FileRules
from inbox.incoming import ReplyTerms

NAME = "Facebook"
VERSION = "v26.0"
API_HOSTS = ("graph.facebook.com",)
MEDIA_HOSTS = (".fbcdn.net", ".fbsbx.com", ".facebook.com")

# Contract section 2.3: a comment can show up late beneath one that is known already.
OVERLAP = timedelta(minutes=10)
FIRST_REACH = timedelta(days=1)
# Posts beyond the newest hundred are looked at less often (contract section 2.3, the deeper sweep).
DEEP_SECONDS, DEEP_PAGES = 6 * 3_600, 10
MOST_POSTS, MOST_THREADS = 600, 200
PAGE_ITEMS = 100
COMMENT_PAGES, THREAD_PAGES, MOST_PAGES = 20, 40, 60
# Young items are looked at again: each post or thread after two minutes, the older the seldomer (a thirtieth
# of its age), two of them with a poll, as long as less than half of the allowance is used.
WATCH, MOST_WATCHED = timedelta(days=3), 400
LOOK_AGAIN_SECONDS, AGE_PARTS, LOOKS_A_POLL, WATCH_BELOW = 120, 30, 2, 50
# Percentages of the allowed usage at which to go slower, and to stop (contract section 2.6).
SLOW_AT, STOP_AT, SLOW_DOWN = 80, 95, 4

# Contract section 3: free answers for a day, by a person's hand for seven; one private reply to a comment.
FREE_WINDOW, HUMAN_WINDOW, PRIVATE_REPLY_WINDOW = timedelta(hours=24), timedelta(days=7), timedelta(days=7)

FEED_FIELDS = (
    "id,message,story,created_time,updated_time,from,permalink_url,"
    "attachments{media_type,media,url,title,description,subattachments},"
    "comments.filter(stream).limit(0).summary(true)"
)
COMMENT_FIELDS = (
    "id,message,created_time,from,parent{id,message,from},attachment,is_hidden,is_private,can_comment,can_hide,can_like,user_likes,"
    "can_reply_privately,permalink_url"
)
THREAD_FIELDS = "id,updated_time,participants"
MESSAGE_FIELDS = "id,created_time,from,to,message,attachments,sticker,shares"

# Contract section 2.5: a comment takes one picture; section 3: a message is a text or one file of 25 MB.
PHOTOS = ("image/jpeg", "image/png", "image/gif")
COMMENT_FILES = FileRules(most=1, kinds=(FileKind(PHOTOS, 4 * MEGABYTE),))
MESSAGE_FILES = FileRules(
    most=5, apart=True, kinds=(FileKind((*PHOTOS, "video/mp4", "application/pdf"), 25 * MEGABYTE),)
)

# A mention on somebody else's page or wall: our Page may not be able to comment there.
MENTION_TERMS = ReplyTerms(
    public_refusal="Facebook does not let the desk answer there. Open it on Facebook and answer as the Page.",
    private_refusal="Facebook offers no private answer to a mention elsewhere.",
)

CAPABILITIES = Capabilities(
    public=True,
    private=True,
    attachments=True,
    public_length=8_000,
    private_length=2_000,
    icon="facebook",
    label=NAME,
    public_files=COMMENT_FILES,
    private_files=MESSAGE_FILES,
    triage_channel="facebook",
    public_word="Public comment",
    private_word="Messenger",
)

SETUP = Setup(
    title="Connect a Facebook Page",
    steps=(
        "Sign in to Meta for Developers as somebody who may manage the Page's comments and messages.",
        "Make an app and ask for advanced access to pages_read_engagement, pages_read_user_content, "
        "pages_manage_engagement and pages_messaging. Without it Facebook hides who wrote a comment.",
        "Make a long-lived token, best of a system user, and take the Page's own token from it.",
        "Paste the Page token below, with the app's number and secret. They are stored encrypted.",
    ),
    fields=(
        SetupField("page_token", "Page access token", secret=True),
        SetupField(
            "app_id", "App ID", help="With it the desk can warn before the token ends.", required=False
        ),
        SetupField("app_secret", "App secret", secret=True, required=False),
        SetupField(
            "human_agent",
            "The app has the Human Agent feature",
            help="It lets people answer a Messenger message for seven days instead of one.",
            required=False,
            kind="flag",
        ),
    ),
)


def reach_unknown(cursor: dict[str, Any], name: str) -> datetime:
    """Return how far back to read what the cursor says nothing of: to the last whole look, else a day."""
    since = cursor.get(name)
    return datetime.fromisoformat(since) - OVERLAP if since else datetime.now(UTC) - FIRST_REACH
