"""What X allows, costs and asks for (contract sections 1.1 to 1.6)."""

from inbox.capabilities import MEGABYTE, Capabilities, FileKind, FileRules

NAME = "X"
API = "https://api.twitter.com"
API_HOSTS = ("api.twitter.com", "api.x.com")
MEDIA_HOSTS = ("pbs.twimg.com", "video.twimg.com", "ton.twitter.com", "abs.twimg.com", *API_HOSTS)

# Contract section 1.3: direct messages may be read 15 times in 15 minutes; three are left for people's tests.
MESSAGE_SECONDS = 75
# Mentions may appear late, beneath a cursor already passed: they are read again every so often.
LATE_SECONDS, LATE_REACH_SECONDS = 300, 1_800
# Edits and deletions are not told: posts are looked up again, young ones often, for a day hourly.
LOOK_UP_SECONDS, LOOK_UP_AGE_SECONDS = 300, 3_600
AGEING_SECONDS, AGEING_REACH_SECONDS = 3_600, 86_400
# Replies that leave our name out are found by search, quotes by what our own posts count.
REPLIES_SECONDS, QUOTES_SECONDS, HEARD_SECONDS = 120, 300, 120
QUOTES_AGE_SECONDS = 7 * 86_400
# Contract section 1.3: search reaches back seven days and asks in at most 512 characters.
SEARCH_REACH_SECONDS, SEARCH_LENGTH = 7 * 86_400 - 600, 512
FIRST_REACH_SECONDS = 86_400
MENTIONS_REACH = 800
GAP_TOLD_SECONDS = 86_400

TWEET_FIELDS = (
    "id,text,note_tweet,author_id,created_at,conversation_id,in_reply_to_user_id,referenced_tweets,attachments,"
    "entities,edit_history_tweet_ids,edit_controls,lang,geo,possibly_sensitive,reply_settings,withheld"
)
EXPANSIONS = [
    "author_id",
    "referenced_tweets.id",
    "referenced_tweets.id.author_id",
    "attachments.media_keys",
    "geo.place_id",
]
MEDIA_FIELDS = ["media_key", "type", "url", "preview_image_url", "alt_text", "variants"]
USER_FIELDS = ["id", "name", "username", "protected", "verified", "receives_your_dm"]
PLACE_FIELDS = ["full_name", "country_code", "place_type"]
MESSAGE_FIELDS = (
    "id,text,event_type,created_at,dm_conversation_id,sender_id,attachments,referenced_tweets,participant_ids"
)

# Contract section 1.5: pictures of 5 MB in one upload, four to a post, one to a message.
PICTURES = (FileKind(("image/jpeg", "image/png", "image/webp"), 5 * MEGABYTE),)

CAPABILITIES = Capabilities(
    public=True,
    private=True,
    attachments=True,
    public_length=280,
    private_length=10_000,
    length_rule="weighted",
    icon="x",
    label=NAME,
    triage_channel="x",
    public_word="Public reply",
    private_word="Private message",
    public_files=FileRules(most=4, kinds=PICTURES, alternative=True),
    private_files=FileRules(most=1, kinds=PICTURES, alternative=True),
    price_public="This reply costs about $0.01.",
    price_public_linked="With a link in it this reply costs about $0.20.",
    price_private="This message costs about $0.015.",
    price="A reply costs about $0.01, with a link $0.20, a private message about $0.015.",
)
