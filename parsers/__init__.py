"""What it says: bytes to readings. No database, no network, no clock."""

from parsers.reader import read
from parsers.vocabulary import Vocabulary

__all__ = ["Vocabulary", "read"]
