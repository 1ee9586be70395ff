"""Which of the languages that the packs know a text is written in. Small word lists, no model."""

import unicodedata

from triage.normalise import Reading

UNKNOWN = "und"
# Letters that Urdu has and Arabic has not.
_URDU = frozenset("ٹڈڑےںہگچپکھ")
# Below this a text says too little for anybody to call its language strange.
_ENOUGH_WORDS = 6
_CERTAIN = 2


def detect(
    reading: Reading, speakers: dict[str, tuple[str, ...]], known: frozenset[str]
) -> tuple[str, frozenset[str]]:
    """The main language (ISO 639-1, "und" when unknown) and all whose rules should be asked.

    English is always asked: people mix it into every other language, and it is what most write.
    `speakers` says which languages use a word; `known` are the words of all rules: a text full of
    them is not in an unknown language.
    """
    script = _script(reading.text)
    if script:
        return script, frozenset({"en", "any", script})
    counts: dict[str, int] = {}
    for word in filter(speakers.__contains__, reading.words):
        for language in speakers[word]:
            counts[language] = counts.get(language, 0) + 1
    main = _main(counts, reading.words, known)
    # Neighbours share words: one that is heard far less than another is not spoken.
    foreign = max((count for name, count in counts.items() if name != "en"), default=0)
    certain = (name for name, count in counts.items() if count >= max(_CERTAIN, foreign / 2))
    return main, frozenset({"en", "any", main, *certain})


def _main(counts: dict[str, int], words: list[str], known: frozenset[str]) -> str:
    best = max(counts, key=lambda name: (counts[name], name == "en"), default="en")
    if counts.get(best, 0) * 8 >= len(words):
        return best
    spoken = [word for word in words if word[0].isalpha()]
    strange = sum(word not in known for word in spoken)
    return UNKNOWN if len(spoken) >= _ENOUGH_WORDS and strange * 10 > len(spoken) * 7 else "en"


def _script(text: str) -> str | None:
    """The language of a text not in Latin letters: known, unknown ("und"), or None when Latin."""
    if text.isascii():
        return None
    tally: dict[str, int] = {}
    for char in text[:400]:
        if char.isalpha():
            name = unicodedata.name(char, "").partition(" ")[0]
            tally[name] = tally.get(name, 0) + 1
    if not tally:
        return None
    script = max(tally, key=lambda name: tally[name])
    if script == "GURMUKHI":
        return "pa"
    if script == "ARABIC":
        return "ur" if _URDU.intersection(text) else UNKNOWN
    return None if script in {"LATIN", "MATHEMATICAL", "FULLWIDTH"} else UNKNOWN
