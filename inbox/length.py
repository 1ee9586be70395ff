"""How long a text is, as a channel counts it.

"characters" counts code points. "graphemes" counts what a reader takes for one character (UAX 29), or a tenth
of the bytes in UTF-8 where that is more (contract section 7: 300 graphemes or 3,000 bytes). "linked" counts
graphemes too, but an address with its scheme counts the same whatever its length, and of `@name@server` only
the name (contract section 8). "weighted" is contract section 1.6: after NFC some ranges count one and
everything else two, an emoji sequence counts two as a whole, and an address of a page counts the same
whatever its length. Where it cannot be told whether something is an address (a rare ending after a scheme),
the longer of the two counts is taken, so that nothing is accepted that the channel would refuse.
"""

import re
import unicodedata
from collections.abc import Iterator

import regex

# First and last code point of what counts one.
SINGLE = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
DOUBLE = 2
LONGEST_LABEL = 63  # RFC 1035 section 2.3.4, counted in the ASCII form of a name

PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf"
    "\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
PART = f"{PICTURE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
EMOJI = re.compile(
    "[0-9#*]\ufe0f?\u20e3"  # key caps
    "|[\U0001f1e6-\U0001f1ff]{2}"  # flags of countries
    "|\U0001f3f4[\U000e0020-\U000e007f]+"  # flags of regions, such as Wales
    f"|{PART}(?:\u200d{PART})*"
)

LETTER = "0-9A-Za-z\u00a1-\u1fff\u2c00-\u2dff\u3040-\ud7ff\uf900-\ufdff\uff10-\uffdc"
# Endings of more than two letters that the public really uses; two letters always count as a country.
ENDINGS = (
    "com net org info biz edu gov mil int name pro aero coop museum jobs mobi travel tel cat post asia xxx "
    "app dev page blog shop store online site website tech cloud live life world news today media video "
    "email link click help support health care charity community foundation ngo ong london wales scot cymru "
    "police law legal agency center digital network systems solutions services social chat space zone city "
    "xyz top club vip icu art design studio group team work works events football academy education school "
    "university money bank insurance finance fund games game one"
)
ADDRESS = re.compile(
    r"(?<![@＠$#＃/\-_." + LETTER + r"])"
    r"(?P<scheme>https?://)?"
    rf"(?P<host>(?:[{LETTER}](?:[{LETTER}_-]*[{LETTER}])?\.)+"
    rf"(?P<ending>[A-Za-z]{{2,}}|xn--[0-9A-Za-z]+|[\u0400-\ud7ff]{{2,}}))"
    rf"(?![{LETTER}@])"
    r"(?::\d+)?"
    rf"(?:/(?:[{LETTER}!*';:=+,.$%\[\]\-_~&|@()/]*[{LETTER}=_#/+\-)])?)?"
    rf"(?:\?[{LETTER}!?*'();:&=+$/%#\[\]\-_.,~|@]*[{LETTER}\-_&=#/])?",
    re.IGNORECASE,
)
KNOWN = frozenset(ENDINGS.split())
BYTES_EACH = 10
LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]}]", re.IGNORECASE)
FAR_NAME = re.compile(r"(?<![\w/@])(@\w+(?:[.-]+\w+)*)@[\w-]+(?:\.[\w-]+)+")


def measure(text: str, rule: str = "characters", address_weight: int = 23) -> int:
    """Return the length of `text` by `rule`; one that is not known counts characters."""
    if rule == "graphemes":
        return max(count_graphemes(text), -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_EACH))
    if rule == "linked":
        return count_graphemes(FAR_NAME.sub(r"\1", LINK.sub("x" * address_weight, text)))
    if rule != "weighted":
        return len(text)
    plain = unicodedata.normalize("NFC", text)
    total, place = 0, 0
    for start, end, weight in find_addresses(plain, address_weight):
        total += weigh(plain[place:start]) + weight
        place = end
    return total + weigh(plain[place:])


def count_graphemes(text: str) -> int:
    """Return how many characters a reader sees."""
    return len(regex.findall(r"\X", text))


def weigh(text: str) -> int:
    """Return the weight of text without addresses."""
    rest, pictures = EMOJI.subn("", text)
    return pictures * DOUBLE + sum(1 if is_single(ord(character)) else DOUBLE for character in rest)


def is_single(point: int) -> bool:
    """Say whether a code point counts one."""
    return any(first <= point <= last for first, last in SINGLE)


def find_addresses(text: str, weight: int) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, weight) of every address of a page in the text."""
    for found in ADDRESS.finditer(text):
        ending = found["ending"].lower()
        sure = len(ending) == 2 or ending in KNOWN or not ending.isascii() or ending.startswith("xn--")
        if not is_host(found["host"]) or not (sure or found["scheme"]):
            continue
        yield found.start(), found.end(), weight if sure else max(weight, weigh(found[0]))


def is_host(name: str) -> bool:
    """Say whether every part of the name is short enough in its ASCII form."""
    parts = name.split(".")
    return all(len(part if part.isascii() else f"xn--{encode(part)}") <= LONGEST_LABEL for part in parts)


def encode(part: str) -> str:
    """Return the part of a name as RFC 3492 writes it."""
    return part.lower().encode("punycode").decode("ascii")
