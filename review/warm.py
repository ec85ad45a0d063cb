"""Works out, beside the requests, what Today would else work out itself: what is due, and whether the post works.

A thread of the serving process; without it the pages do the same work when they are asked, and are merely slower.
"""

from __future__ import annotations

import logging
import threading
import time

from django.db import close_old_connections

from cases import clock
from review import due
from review.views import today

EVERY_SECONDS = 10
log = logging.getLogger("cme.site")


def once() -> None:
    """Bring both up to date."""
    now = clock.now()
    due.all_due(clock.uk_date(now))
    today.look_at_post(now)


def _for_ever() -> None:
    while True:
        try:
            close_old_connections()
            once()
        except Exception as error:  # the pages still do it themselves
            log.warning("not warmed: %s", type(error).__name__)
        time.sleep(EVERY_SECONDS)


def start() -> None:
    """Start the thread; it ends with the process."""
    threading.Thread(target=_for_ever, name="warm", daemon=True).start()
