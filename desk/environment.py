"""Read settings from the environment, once, with errors that name the setting and what it wants."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def read_text(name: str, default: str | None = None) -> str:
    """Return the setting `name`, or the content of the file that `name`_FILE points to.

    Raises ImproperlyConfigured when neither is there and no default is given.
    """
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE points to {path}, which cannot be read: {error}"
            ) from error
    value = os.environ.get(name)
    if value is not None and value != "":
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set. Set it, or {name}_FILE to a file that holds it.")
    return default


def read_flag(name: str, default: bool = False) -> bool:
    """Return a yes/no setting; anything but yes, no, true, false, 1, 0, on, off is refused."""
    value = read_text(name, "yes" if default else "no").lower()
    if value in {"yes", "true", "1", "on"}:
        return True
    if value in {"no", "false", "0", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")


def read_number(name: str, default: int, at_least: int = 0) -> int:
    """Return a whole number of at least `at_least`."""
    value = read_text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if number < at_least:
        raise ImproperlyConfigured(f"{name} must be at least {at_least}, not {number}.")
    return number


def read_list(name: str, default: str = "") -> list[str]:
    """Return a comma-separated setting as a list without empty parts."""
    return [part.strip() for part in read_text(name, default).split(",") if part.strip()]


def read_database(name: str = "DATABASE_URL") -> dict[str, object]:
    """Turn postgresql://user:password@host:port/name (or ?host=/socket/folder) into Django's form."""
    url = read_text(name)
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like postgresql://user:password@host:5432/name.")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": query.get("port", str(parts.port or "")),
    }
