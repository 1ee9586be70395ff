"""What the environment says about a sandbox run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class BadSettings(Exception):
    """The environment cannot be followed; the text is one sentence for the person who started it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Ports are on 127.0.0.1 only; `data` is the folder of the durable world; `speed` 2.0 is double."""

    port: int = 8100
    imap_port: int = 8143
    smtp_port: int = 8125
    data: Path = Path("var/sandbox")
    scenario: str | None = None
    speed: float = 1.0
    seed: int = 1

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from SANDBOX_* variables. BadSettings: a value is no number, or this is production."""
    if environ.get("DESK_MODE", "").strip().lower() == "production":
        raise BadSettings(
            "The sandbox is for demonstration and tests; it does not start with DESK_MODE=production."
        )
    port = _number(environ, "SANDBOX_PORT", 8100)
    return Settings(
        port=port,
        imap_port=_number(environ, "SANDBOX_IMAP_PORT", port + 43),
        smtp_port=_number(environ, "SANDBOX_SMTP_PORT", port + 25),
        data=Path(environ.get("SANDBOX_DATA") or "var/sandbox"),
        scenario=environ.get("SANDBOX_SCENARIO") or None,
        speed=_speed(environ),
        seed=_number(environ, "SANDBOX_SEED", 1),
    )


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "")
    try:
        return int(text) if text else default
    except ValueError:
        raise BadSettings(f"{name} must be a whole number, not {text!r}.") from None


def _speed(environ: Mapping[str, str]) -> float:
    text = environ.get("SANDBOX_SPEED") or "1"
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 10_000:
        raise BadSettings(f"SANDBOX_SPEED must be a number above 0 and at most 10000, not {text!r}.")
    return speed
