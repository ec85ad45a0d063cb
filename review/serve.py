"""`python -m review.serve`: the site on 127.0.0.1, by waitress; a proxy with TLS stands in front of a real one."""

from __future__ import annotations

import logging

from waitress import serve

from review.wsgi import application


def main() -> None:
    """Serve until told to stop."""
    from django.conf import settings

    from cases import metrics
    from review import warm

    warm.start()
    metrics.start(settings.METRICS_PORT)
    logging.getLogger("waitress").setLevel(logging.ERROR)
    serve(application, host="127.0.0.1", port=settings.PORT, threads=8, ident=None)


if __name__ == "__main__":
    main()
