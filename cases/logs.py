"""Log lines as JSON (CME_LOG=json), for a collector: time, level, where from, words, and an error's kind and place.

An exception's text can quote a form or a mail server's answer with a subject in it, so it is never written: only its
kind, and the file and line of our own code at which it rose.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record without exception texts and stack variables."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "from": record.name, "say": record.getMessage(),
            "process": record.process,
        }  # fmt: skip
        if record.exc_info and record.exc_info[0]:
            told["error"] = record.exc_info[0].__name__
            told["raised_at"] = _where(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False)


def _where(error: BaseException | None) -> str:
    frames = traceback.extract_tb(error.__traceback__) if error else []
    ours = [
        f for f in frames if Path(f.filename).is_relative_to(_ROOT) and ".venv" not in f.filename
    ]
    return "".join(f"{Path(f.filename).name}:{f.lineno}" for f in (ours or list(frames))[-1:])
