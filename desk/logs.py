"""Log lines that people and machines read, with secrets scrubbed before they are written."""

import json
import logging
import re
from datetime import UTC, datetime

SECRET = re.compile(
    r"(?i)((?:access_token|token|secret|password|authorization|appsecret_proof|client_secret|refresh_token)"
    r"[\"']?\s*[=:]\s*[\"']?(?:bearer\s+|basic\s+)?)([^\s\"'&,}]+)"
)
URL_PASSWORD = re.compile(r"(\w+://[^:/\s]*:)[^@\s]+@")


def scrub(text: str) -> str:
    """Return `text` with the values of anything that looks like a secret replaced by stars."""
    return URL_PASSWORD.sub(r"\1***@", SECRET.sub(r"\1***", text))


class ScrubSecrets(logging.Filter):
    """Scrub a record's message and its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record in place; every record passes."""
        record.msg, record.args = scrub(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = scrub(logging.Formatter().formatException(record.exc_info))
        return True


class LineFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, words, and the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": record.getMessage(),
        }
        if record.exc_text:
            line["trace"] = record.exc_text
        return json.dumps(line, ensure_ascii=False)
