"""Text as people type it, read into canonical words without losing where each one stood.

Every word keeps its span in the text as shown, so a reason can always point at what was written.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, chain

# Marks that `\w` does not hold but that belong inside words: Latin and Arabic accents, the vowel
# signs of Indic scripts, and the invisible characters that are used to break words apart.
_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u0670\u0900-\u0dff\u00ad\u200b-\u200f\u2060\ufe0f"
_WORD = rf"[\w{_MARKS}]+(?:['’‘`´ʼ][\w{_MARKS}]+)*"
_TOKEN = re.compile(
    # A space before is taken along: trying every way at every space took longer than finding the words.
    r" ?("
    # Most words: nothing that follows them can make an address of them, so no other way need be tried.
    r"[A-Za-z]+(?=[\s,]|\Z)"
    r"|(?:https?://|www\.)\S+"
    r"|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|[£$€]\s?\d[\d,.]*\w*"
    r"|\d+(?:[.:,]\d+)+(?:[a-zA-Z]+\b)?"
    rf"|[@#]?{_WORD}"
    r"|[.!?…]+|[\r\n]+|[^\s])"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe0f]")
_APOSTROPHES = re.compile("['’‘`´ʼ]")
_ACCENTS = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u0652]")
_STRETCHED = re.compile(r"(.)\1{2,}")
_CLOCK = re.compile(r"\d{1,2}[.:]\d\d(?:am|pm)?$|\d{1,2}(?:am|pm)$")
_ROAD = re.compile(r"[ambj]\d{1,4}$")
_AGE = re.compile(r"(\d{1,3})(?:yo|yr|yrs|yrold|y)$")
_MINUTES = re.compile(r"\d+(?:m|min|mins|minute|minutes)$")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)$")
_EMERGENCY_NUMBERS = frozenset({"999", "112", "911", "101", "111"})
# What ends a clause, and what stands for no word.
_BREAKS = frozenset(".!?,")
_SILENT = frozenset({"", ","})
_CACHE_LIMIT = 60_000
# Of longer texts the beginning and the end are read, where people say what it is about.
HEAD, TAIL = 16_000, 4_000

# Letters of other alphabets that look like Latin ones (Unicode TR39 confusables, the common part).
_LOOKALIKES = str.maketrans(
    "аеорсухкмтвнігјѕԁһӏрєαβεηικνορτυχ",
    "aeopcyxkmtbhirjsdhlpeabenikvoptux",
)


@dataclass(slots=True)
class Reading:
    """One text read: parallel lists of canonical words, spans, sentence and clause numbers."""

    text: str
    words: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)
    clause: list[int] = field(default_factory=list)
    line: str = ""
    ends: dict[int, int] = field(default_factory=dict)
    partial: bool = False

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where words `first` to `last` stand in the text, in code points."""
        return self.spans[first][0], self.spans[last][1]


class Speller:
    """Turns what was typed into the canonical word that rules are written in.

    `variants` maps other spellings to canonical ones; `vocabulary` holds the words that rules know,
    which decides how far a stretched word ("heeelp") is shortened.
    """

    def __init__(self, variants: dict[str, str], vocabulary: frozenset[str] = frozenset()) -> None:
        self._variants = variants
        self.vocabulary = vocabulary
        self.cache: dict[str, str] = {}

    def spell(self, raw: str) -> str:
        """The canonical form; empty for what only separates, "," for a break between clauses."""
        if len(self.cache) > _CACHE_LIMIT:
            self.cache.clear()
        word = self._spell(raw)
        if len(raw) < 40:
            self.cache[raw] = word
        return word

    def _spell(self, raw: str) -> str:
        if len(raw) == 1 and not raw.isalnum():
            return _mark(raw)
        if raw[0] in ".!?…\r\n":
            return "?" if "?" in raw else "!" if "!" in raw else "."
        word = _plain(raw)
        if not word:
            return ""
        shape = _shape(word)
        if shape:
            return shape
        word = word.lstrip("@#") if len(word) > 1 else word
        if _STRETCHED.search(word):
            word = self._shorten(word)
        return self._variants.get(word, word)

    def _shorten(self, word: str) -> str:
        for keep in (r"\1\1", r"\1"):
            short = _STRETCHED.sub(keep, word)
            if short in self.vocabulary or short in self._variants:
                return short
        return _STRETCHED.sub(r"\1", word)


def read(text: str, speller: Speller) -> Reading:
    """Reads `text`; the first word is "^" and the last "$", so that rules can ask for either end.

    Of a text beyond HEAD + TAIL characters only those are read, and the reading is marked partial.
    """
    reading = Reading(text, partial=len(text) > HEAD + TAIL)
    tokens = list(_tokens(text, partial=reading.partial))
    cached = speller.cache.get
    spelled = [cached(found[1]) or speller.spell(found[1]) for found in tokens]
    sentences, clauses = _number_parts(spelled)
    end = len(text)
    reading.words = ["^", *(word for word in spelled if word not in _SILENT), "$"]
    places = [found.span(1) for found, word in zip(tokens, spelled, strict=True) if word not in _SILENT]
    reading.spans = [(0, 0), *places, (end, end)]
    reading.sentence, reading.clause = sentences, clauses
    _string(reading)
    return reading


def _number_parts(spelled: list[str]) -> tuple[list[int], list[int]]:
    """The number of its sentence and of its clause for every word that is kept, and for both ends."""
    if _BREAKS.isdisjoint(spelled):
        zeros = [0] * (len(spelled) - spelled.count("") + 2)
        return zeros, zeros
    sentences, clauses = [0], [0]
    sentence = clause = 0
    for word in spelled:
        if word not in _BREAKS:
            if word:
                sentences.append(sentence)
                clauses.append(clause)
        elif word == ",":
            clause += 1
        else:
            sentences.append(sentence)
            clauses.append(clause)
            sentence += 1
            clause += 1
    return [*sentences, sentence], [*clauses, clause]


def spell_words(text: str, speller: Speller) -> list[str]:
    """The canonical words of `text` alone, without what separates them."""
    spelled = (speller.spell(raw) for raw in _TOKEN.findall(text))
    return [word for word in spelled if word not in {"", ","}]


def _tokens(text: str, *, partial: bool) -> Iterator[re.Match[str]]:
    if not partial:
        return _TOKEN.finditer(text)
    return chain(_TOKEN.finditer(text, 0, HEAD), _TOKEN.finditer(text, len(text) - TAIL))


def _string(reading: Reading) -> None:
    words = reading.words
    reading.line = f" {' '.join(words)} "
    reading.ends = dict(zip(accumulate([len(word) + 1 for word in words]), range(len(words)), strict=True))


def _mark(char: str) -> str:
    if char in "\r\n":
        return "."
    if char in "&+":
        return "and"
    if char == "@":
        return "at"
    if char in ",;:()[]|–—>*•~":
        return ","
    if char in ".!?…":
        return "." if char == "…" else char
    if char in '"“”«»„':
        return ","
    return char if unicodedata.category(char) in {"So", "Lo"} else ""


def _plain(raw: str) -> str:
    word = raw.lower()
    if word.isascii():
        return word.replace("'", "").replace("`", "")
    word = unicodedata.normalize("NFKD", _INVISIBLE.sub("", _APOSTROPHES.sub("", word)))
    word = _ACCENTS.sub("", word).replace("ł", "l").replace("đ", "d").replace("ß", "ss").lower()
    if any("a" <= char <= "z" for char in word):
        word = word.translate(_LOOKALIKES)
    return unicodedata.normalize("NFC", word)


def _shape(word: str) -> str:
    if word.startswith(("http://", "https://", "www.")) or ("@" in word and "." in word):
        return "#link"
    if word[0] in "£$€":
        return "#money"
    if word.isdecimal():
        return _number(word)
    if not any(char.isdecimal() for char in word) or word[0] in "@#":
        return ""
    age = _AGE.match(word)
    if age:
        return "#childyears" if int(age[1]) < 18 else "#years"
    for name, pattern in _SHAPES:
        if pattern.match(word):
            return name
    return "#code"


_SHAPES = (("#time", _CLOCK), ("#mins", _MINUTES), ("#th", _ORDINAL), ("#road", _ROAD))


def _number(word: str) -> str:
    if word in _EMERGENCY_NUMBERS:
        return word
    if len(word) == 4 and word[:2] in {"19", "20"}:
        return "#year"
    value = int(word) if len(word) < 4 else 9999
    if value < 18:
        return "#child"
    if value < 65:
        return "#adult"
    return "#old" if value < 110 else "#"
