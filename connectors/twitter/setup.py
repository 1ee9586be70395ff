"""The guided set-up of an X account, and what X demands of a public body."""

from connectors.contract import Setup, SetupField

GOVERNMENT = (
    "X has rules of its own for public bodies. Before you begin: tell X of the force and of this very use by "
    "its request form for government end users, and wait for the answer; say there that people write to you "
    "and that you answer them.",
    "X forbids a public body, and whoever works for one, to use its data for surveillance: watching people, "
    "investigating or tracking them, or watching protests, rallies and meetings. It forbids to note that "
    "somebody is said to have committed a crime, or to match an X name to a person without their consent. "
    "The desk collects what is addressed to your account and nothing else, unless listening is switched on.",
    "Posts that people delete or change are marked here within minutes; decide with your records officer "
    "what is kept, for X asks that deleted posts be deleted.",
)
KEYS = (
    "Sign in to the X developer console with the account that shall answer the public.",
    "Make a project and an app, with read and write access and access to private messages.",
    "Either choose to sign in with keys, and paste the API key and the access token with their secrets from "
    "Keys and tokens (they work until somebody takes them back); or choose X's consent page, fill in the "
    "OAuth 2.0 client, and enter there as callback the address of this desk that ends in /accounts/consent/.",
    "Everything is stored encrypted and never shown again.",
)

SETUP = Setup(
    title="Connect an X account",
    steps=(*GOVERNMENT, *KEYS),
    fields=(
        SetupField(
            "sign_in",
            "How the desk signs in",
            help="Through the consent page X gives a token of two hours, which the desk renews by itself.",
            required=False,
            kind="choice",
            choices=(("keys", "With the keys pasted below"), ("consent", "Through X's consent page")),
            initial="keys",
        ),
        SetupField(
            "consumer_key", "API key", help="Web hooks need it with its secret.", secret=True, required=False
        ),
        SetupField("consumer_secret", "API key secret", secret=True, required=False),
        SetupField(
            "former_consumer_secret",
            "Former API key secret",
            help="Only while you replace the key: web hooks signed with it are believed as well.",
            secret=True,
            required=False,
        ),
        SetupField("access_token", "Access token", secret=True, required=False),
        SetupField(
            "access_token_secret",
            "Access token secret",
            help="Leave this and the access token empty when you connect through X's consent page.",
            secret=True,
            required=False,
        ),
        SetupField("client_id", "OAuth 2.0 client ID", secret=True, required=False),
        SetupField("client_secret", "OAuth 2.0 client secret", secret=True, required=False),
        SetupField(
            "refresh_token",
            "OAuth 2.0 refresh token",
            help="Only if you have one already; the consent page brings its own.",
            secret=True,
            required=False,
        ),
        SetupField(
            "plan",
            "Plan",
            help="On all plans but Enterprise, public answers need a post that mentions or quotes you.",
            kind="choice",
            choices=(("pay", "Pay per use, Basic or Pro"), ("enterprise", "Enterprise")),
            initial="pay",
        ),
        SetupField(
            "monthly_budget",
            "Budget for a month, in US dollars",
            help="Beyond it X is asked less often, and the account says so. Empty: no budget.",
            required=False,
            kind="number",
        ),
        SetupField(
            "keywords",
            "Words to listen for",
            help="With commas between them. Posts of anybody with one of these words are collected, at half "
            "a cent each. Off while the box below is not ticked.",
            required=False,
        ),
        SetupField(
            "keywords_acknowledged",
            "We have read X's terms for public bodies, have X's written consent to listen for these words, "
            "and have recorded why it is necessary and proportionate",
            required=False,
            kind="flag",
        ),
    ),
)
