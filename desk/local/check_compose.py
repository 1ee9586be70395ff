"""Check docker-compose.yml without an engine: what it names exists here, and every setting is read."""

import re
import sys
from typing import Any

import yaml

from desk.local.found import BASE_DIR

NEEDED = {"db", "redis", "migrate", "web", "events", "worker", "beat", "listener", "sweeper", "proxy"}
READ = re.compile(r'read_(?:text|flag|number|list|database)\(\s*"([A-Z_]+)"')


def known_settings() -> set[str]:
    """Return every variable that the settings or the start script read, with its _FILE form."""
    text = (BASE_DIR / "desk" / "settings.py").read_text(encoding="utf-8")
    names = set(READ.findall(text)) | {"DATABASE_URL"}
    script = (BASE_DIR / "deploy" / "enter.sh").read_text(encoding="utf-8")
    names |= set(re.findall(r"\$\{([A-Z_]+)", script))
    return names | {f"{name}_FILE" for name in names}


def find_faults(compose: dict[str, Any]) -> list[str]:
    """Return what is wrong, a sentence each."""
    services, secrets = compose["services"], set(compose.get("secrets", {}))
    faults = [f"the service {name} is missing" for name in sorted(NEEDED - set(services))]
    script = (BASE_DIR / "deploy" / "enter.sh").read_text(encoding="utf-8")
    known, volumes = known_settings(), set(compose.get("volumes", {}))
    for name, service in services.items():
        faults += [
            f"{name} uses an undeclared secret {one}"
            for one in service.get("secrets", [])
            if one not in secrets
        ]
        faults += [
            f"{name} depends on {one}, which is not there"
            for one in service.get("depends_on", [])
            if one not in services
        ]
        faults += check_volumes(name, service, volumes)
        if "build" in service:
            faults += [
                f"{name} sets {key}, which nothing reads"
                for key in service["environment"]
                if key not in known
            ]
            faults += [
                f"enter.sh does not know {word}" for word in service["command"] if f"\n{word})" not in script
            ]
            faults += check_secret_files(name, service)
    return faults


def check_volumes(name: str, service: dict[str, Any], volumes: set[str]) -> list[str]:
    """Return the mounts whose source is neither a declared volume nor a file of the project."""
    faults = []
    for mount in service.get("volumes", []):
        source = mount.split(":")[0]
        if source.startswith("./"):
            if not (BASE_DIR / source).exists():
                faults.append(f"{name} mounts {source}, which does not exist")
        elif source not in volumes:
            faults.append(f"{name} mounts the undeclared volume {source}")
    return faults


def check_secret_files(name: str, service: dict[str, Any]) -> list[str]:
    """Return the *_FILE settings that point to a secret which the service is not given."""
    given = {f"/run/secrets/{one}" for one in service.get("secrets", [])}
    files = {key: value for key, value in service["environment"].items() if key.endswith("_FILE")}
    return [
        f"{name}: {key} points to {value}, which it is not given"
        for key, value in files.items()
        if value not in given
    ]


def main() -> int:
    """Print the faults; return 1 when there are any."""
    compose = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8"))
    faults = find_faults(compose)
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
