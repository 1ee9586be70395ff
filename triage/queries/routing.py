"""What a contact's tags say of who should take it."""

from collections.abc import Iterable, Mapping

from triage.models import SkillRoute


def load_routes(tagged: Iterable[Iterable[str]]) -> dict[str, list[str]]:
    """Needed skills by tag, in one query; none where nothing is tagged."""
    return dict(SkillRoute.objects.values_list("tag", "skills")) if any(tagged) else {}


def needed(tags: Iterable[str], routes: Mapping[str, list[str]]) -> list[str]:
    """The skills that contacts with these tags need, each once, in the order of the tags."""
    return list(dict.fromkeys(skill for tag in tags for skill in routes.get(tag, ())))


def lacking(needs: Iterable[str], skills: Iterable[str]) -> list[str]:
    """What somebody with these skills lacks; capitals make no difference."""
    has = {skill.casefold() for skill in skills}
    return [need for need in needs if need.casefold() not in has]
