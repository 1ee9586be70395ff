"""Which of the languages that the packs know a text is written in. Small word lists, no model."""

import unicodedata

from triage.normalise import Reading

UNKNOWN = "und"
# Scripts that name one of our languages by themselves.
_SCRIPTS = {"GURMUKHI": "pa", "ARABIC": "ur"}
_ENOUGH_WORDS = 5


def detect(reading: Reading, languages: dict[str, frozenset[str]]) -> tuple[str, frozenset[str]]:
    """The main language (ISO 639-1, "und" when unknown) and all whose rules should be asked.

    English is always asked: people mix it into every other language, and it is what most write.
    """
    counts = dict.fromkeys(languages, 0)
    letters = 0
    for word in reading.words:
        if word[0] == "#" or not word[0].isalpha():
            continue
        letters += 1
        for language, words in languages.items():
            if word in words:
                counts[language] += 1
    script = _script(reading.text)
    if script:
        return script, frozenset({"en", script, "any"})
    asked = frozenset({"en", "any", *(name for name, count in counts.items() if count >= 2)})
    return _main(counts, letters), asked


def _main(counts: dict[str, int], letters: int) -> str:
    best = max(counts, key=lambda name: (counts[name], name == "en"), default=UNKNOWN)
    if letters < _ENOUGH_WORDS:
        return best if counts.get(best) else "en"
    return best if counts.get(best, 0) * 10 >= letters else UNKNOWN


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
    return None if script in {"LATIN", "MATHEMATICAL", "FULLWIDTH"} else _SCRIPTS.get(script, UNKNOWN)
