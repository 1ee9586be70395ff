"""A rule of the house: whatever leaves the desk leaves through `connectors.http`, mail through its own wire.

Reads the code as a tree, so that a name in a comment is no breach and an alias is no way round. The vendors'
libraries may be used where they are handed our session.
"""

import ast
from collections.abc import Iterator

ROOMS = ("desk/", "connectors/", "inbox/", "triage/", "staff/", "audit/")
# The demo's own starter speaks to the parts that it started itself.
NOT_THESE = ("desk/local/",)
HTTP, WIRE = "connectors/http.py", "connectors/email/wire.py"

# Modules that can open a connection, and the files that may import them at all.
MODULES: dict[str, frozenset[str]] = {
    "urllib.request": frozenset(),
    "http.client": frozenset(),
    "httpx": frozenset(),
    "aiohttp": frozenset(),
    "websockets": frozenset(),
    "pycurl": frozenset(),
    "ftplib": frozenset(),
    "poplib": frozenset(),
    "telnetlib": frozenset(),
    "urllib3": frozenset({HTTP}),
    "socketserver": frozenset(),
}
# Calls that open a connection or make something that does, and the files that may make them.
CALLS: dict[str, frozenset[str]] = {
    **{
        f"requests.{verb}": frozenset()
        for verb in ("get", "post", "put", "patch", "delete", "head", "options")
    },
    "requests.request": frozenset(),
    "requests.Session": frozenset(),
    "requests.session": frozenset(),
    "requests.sessions.Session": frozenset(),
    "requests.api.request": frozenset(),
    "socket.socket": frozenset(),
    "socket.create_connection": frozenset({WIRE}),
    "socket.getaddrinfo": frozenset({"connectors/addresses.py"}),
    "asyncio.open_connection": frozenset(),
    "imaplib.IMAP4": frozenset(),
    "imaplib.IMAP4_SSL": frozenset(),
    "smtplib.SMTP": frozenset(),
    "smtplib.SMTP_SSL": frozenset(),
    "tweepy.API": frozenset(),
    "tweepy.Stream": frozenset(),
    "tweepy.StreamingClient": frozenset(),
    "tweepy.OAuth2UserHandler": frozenset(),
}
# Libraries' clients that take a session: the argument without which they bring their own.
MUST_BE_GIVEN: dict[str, str] = {
    "facebook.GraphAPI": "session",
    "msal.ConfidentialClientApplication": "http_client",
    "msal.PublicClientApplication": "http_client",
    "msal.ClientApplication": "http_client",
}
# Clients whose session can only be replaced afterwards: in the same file there must be `….session = `.
MUST_BE_SET = frozenset({"tweepy.Client"})


def find_bypasses(name: str, text: str) -> list[str]:
    """Return a sentence for each way round the one client in the file `name` of the project."""
    if not name.endswith(".py") or not name.startswith(ROOMS) or name.startswith(NOT_THESE):
        return []
    tree = ast.parse(text)
    aliases = read_aliases(tree)
    found = [
        f"imports {module}"
        for module in read_modules(tree)
        for known, allowed in MODULES.items()
        if (module == known or module.startswith(f"{known}.")) and name not in allowed
    ]
    sets_session = any(
        isinstance(target, ast.Attribute) and target.attr == "session"
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found += judge_call(node, spell(node.func, aliases), name, sets_session=sets_session)
    return [f"{name}: {what}, round the one outbound client (connectors.http)" for what in found]


def judge_call(node: ast.Call, called: str, name: str, *, sets_session: bool) -> Iterator[str]:
    """Yield what is wrong with one call."""
    if called in CALLS and name not in CALLS[called]:
        yield f"calls {called}"
    needed = MUST_BE_GIVEN.get(called)
    if needed and needed not in {word.arg for word in node.keywords}:
        yield f"calls {called} without {needed}"
    if called in MUST_BE_SET and not sets_session:
        yield f"calls {called} and keeps its own session"


def read_modules(tree: ast.Module) -> Iterator[str]:
    """Yield every module that is imported, anywhere in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def read_aliases(tree: ast.Module) -> dict[str, str]:
    """Return what each imported name stands for."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return known


def spell(function: ast.expr, aliases: dict[str, str]) -> str:
    """Return a called name with its aliases undone, such as requests.get."""
    if isinstance(function, ast.Attribute):
        before = spell(function.value, aliases)
        return f"{before}.{function.attr}" if before else ""
    return aliases.get(function.id, "") if isinstance(function, ast.Name) else ""
