"""One poll reads several emails at once, as many as `intake.workers` says, and files them in the order in which they came.

What is begun early is only what a document worker does with an email's bytes, in a thread that waits for its answer and
never touches the database; what is asked of the record, and the filing, stay in the poll's own thread. Little is
begun ahead (one more than there are workers), so that neither memory nor a locked file's password runs far in front.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

Read = Callable[[], dict[str, Any]]


def side_by_side(
    ids: Sequence[int], prepare: Callable[[int], Read | None], size: int
) -> Iterator[tuple[int, Read | None]]:
    """Yield each id, in order, with what gives its reading (raising what reading raised).

    `prepare` turns an id into the reading to be begun, or None when there is nothing to begin; it
    is called in the caller's thread. With one worker, or one id, nothing is begun ahead.
    """
    size = min(size, len(ids))
    if size < 2:
        yield from ((i, None) for i in ids)
        return
    threads = ThreadPoolExecutor(size, thread_name_prefix="reading")
    begun: deque[Future[dict[str, Any]] | None] = deque()
    left = iter(ids)
    try:
        for now in ids:
            while len(begun) <= size and (ahead := next(left, None)) is not None:
                read = prepare(ahead)
                begun.append(threads.submit(read) if read else None)
            first = begun.popleft()
            yield now, first.result if first else None
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
