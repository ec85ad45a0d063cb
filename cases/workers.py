"""Standing worker processes: everything that a stranger sent is opened here and nowhere else.

A worker reads one file at a time from a pipe, under limits of address space, processor time, file size
and (where the system allows) without any network, and is replaced after 40 files, at 300 MB above
its start, or after any death. What it says back is JSON with bytes beside it, never pickled: a worker taken
over by a document can lie, but cannot run anything in the process that holds the database.

A worker's death is an answer. Before each leaf the worker says which one it is about to open and so how
long it may take; when it dies or takes longer, that leaf is named as the one to blame and the
file is read again without it, so that one bad attachment never hides the form beside it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

FILES_EACH = 40
GROWTH = 300 * 2**20
ADDRESS_SPACE = 2_500 * 2**20
START_SECONDS = 60.0
MESSAGE_SECONDS = 20.0
MOST_BLAMED = 5
# Seconds a leaf may take, by its format; hostile files of the plain kinds must be done with in five.
SECONDS = {
    "doc": 40.0, "rtf": 40.0, "xls": 40.0, "ppt": 40.0, 
    # A page that is read from its picture; told before each (parsers.documents.limits.slow_page).
    "page": 60.0, "pages": 150.0,
}  # fmt: skip
OTHER_SECONDS = 5.0
_HEAD = struct.Struct(">I")
_MOST = 400 * 2**20


class WorkerDied(Exception):
    """The worker died or was stopped. `leaf` is what it was opening, "" if nothing yet."""

    def __init__(self, leaf: str, timed_out: bool) -> None:
        self.leaf, self.timed_out = leaf, timed_out
        super().__init__("took too long" if timed_out else "died")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a picture; width and height in points."""

    number: int
    png: bytes
    width: float
    height: float


class Worker:
    """One process; not safe for two threads at once (the pool sees to it). `threads`: so many may recognise a scan."""

    def __init__(self, threads: int = 1) -> None:
        self.files = 0
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent",
            "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads), "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cases.workers", str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        self.base = 0

    def ask(self, request: dict[str, Any], blob: bytes) -> tuple[dict[str, Any], list[bytes]]:
        """Send one request and return the answer.

        Raises:
            WorkerDied: it died or took too long; the worker is stopped and must be replaced.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        leaf, self.files = "", self.files + 1
        deadline = time.monotonic() + MESSAGE_SECONDS + (START_SECONDS if self.files == 1 else 0)
        try:
            _write(self.process.stdin, request, [blob])
            while True:
                answer, blobs = _read(self.process.stdout, deadline)
                if "opening" not in answer:
                    return answer, blobs
                leaf = str(answer["opening"])
                deadline = time.monotonic() + SECONDS.get(str(answer["format"]), OTHER_SECONDS)
        except TimeoutError:
            self.stop()
            raise WorkerDied(leaf, timed_out=True) from None
        except (OSError, EOFError, ValueError):
            self.stop()
            raise WorkerDied(leaf, timed_out=False) from None

    @property
    def worn(self) -> bool:
        """True when it has read enough, grown too much or ended."""
        if self.process.poll() is not None or self.files >= FILES_EACH:
            return True
        size = _resident(self.process.pid)
        self.base = self.base or size
        return size - self.base > GROWTH

    def stop(self) -> None:
        """End the worker and whatever it started (its own process group)."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if pipe:
                    pipe.close()
        self.process.wait(timeout=10)


class Pool:
    """A few standing workers. `examine`, `pages` and `leaf` may be called from several threads.

    The cores there are get shared out among them, two threads each at most: more gain nothing on a page.
    """

    def __init__(self, size: int = 1) -> None:
        self._threads = max(1, min(2, len(os.sched_getaffinity(0)) // size))
        self._slots = threading.Semaphore(size)
        self._idle: list[Worker] = []
        self._lock = threading.Lock()
        self._deaths = 0

    @contextlib.contextmanager
    def _worker(self) -> Iterator[Worker]:
        with self._slots:
            with self._lock:
                worker = self._idle.pop() if self._idle else Worker(self._threads)
            try:
                yield worker
            except BaseException as error:
                with self._lock:
                    self._deaths += isinstance(error, WorkerDied)
                worker.stop()
                raise
            if worker.worn:
                worker.stop()
            else:
                with self._lock:
                    self._idle.append(worker)

    def examine(
        self,
        name: str,
        raw: bytes,
        *,
        on: date,
        passwords: Sequence[str] = (),
        words: dict[str, str] | None = None,
        lessons: Sequence[dict[str, Any]] = (),
        prefix: str = "CME",
    ) -> dict[str, Any]:
        """Return what `cases.examine.examine` says of a file, whatever the file does to the worker.

        Raises:
            WorkerDied: the message itself, not one of its leaves, is more than a worker survives.
        """
        skip: dict[str, tuple[str, str]] = {}
        request = {
            "do": "examine", "name": name, "on": on.isoformat(),
            "passwords": list(passwords), "words": words or {}, "skip": skip,
            "lessons": list(lessons), "prefix": prefix,
        }  # fmt: skip
        while True:
            try:
                with self._worker() as worker:
                    return worker.ask(request, raw)[0]
            except WorkerDied as death:
                if not death.leaf or death.leaf in skip or len(skip) >= MOST_BLAMED:
                    raise
                skip[death.leaf] = _blame(death)

    def pages(
        self,
        name: str,
        raw: bytes,
        path: str,
        passwords: Sequence[str] = (),
        find: dict[str, str] | None = None,
    ) -> tuple[list[Page], dict[str, list[Any]]]:
        """Return a leaf's pages as pictures, and the [page, box] of each field whose words are to be found.

        Nothing when the leaf has no pages or cannot be shown.
        """
        request = {
            "do": "pages", "name": name, "path": path, "passwords": list(passwords),
            "find": find or {},
        }  # fmt: skip
        try:
            with self._worker() as worker:
                answer, blobs = worker.ask(request, raw)
        except WorkerDied:
            return [], {}
        pages = [
            Page(i, png, float(size[0]), float(size[1]))
            for i, (size, png) in enumerate(zip(answer.get("sizes", []), blobs, strict=False), 1)
        ]
        return pages, dict(answer.get("found", {}))

    def leaf(self, name: str, raw: bytes, path: str, passwords: Sequence[str] = ()) -> bytes | None:
        """Return one leaf's bytes, None when there is no such leaf."""
        request = {"do": "leaf", "name": name, "path": path, "passwords": list(passwords)}
        with self._worker() as worker:
            answer, blobs = worker.ask(request, raw)
        return blobs[0] if answer.get("found") else None

    def deaths(self) -> int:
        """Return how many workers have died since this was asked last."""
        with self._lock:
            told, self._deaths = self._deaths, 0
            return told

    def close(self) -> None:
        """Stop every idle worker."""
        with self._lock:
            while self._idle:
                self._idle.pop().stop()


def _blame(death: WorkerDied) -> tuple[str, str]:
    if death.timed_out:
        return "timed_out", "Reading this file took too long and was stopped. Open it by hand."
    return "unreadable", "Reading this file broke its reader. Open it by hand, with care."


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0


def _write(pipe: IO[bytes], head: dict[str, Any], blobs: Sequence[bytes]) -> None:
    told = json.dumps({**head, "blobs": [len(b) for b in blobs]}).encode()
    pipe.write(_HEAD.pack(len(told)) + told)
    for blob in blobs:
        pipe.write(blob)
    pipe.flush()


def _read(pipe: IO[bytes], deadline: float) -> tuple[dict[str, Any], list[bytes]]:
    (length,) = _HEAD.unpack(_exactly(pipe, _HEAD.size, deadline))
    if length > _MOST:
        raise ValueError("answer too long")
    head = json.loads(_exactly(pipe, length, deadline))
    sizes = [int(n) for n in head.pop("blobs", [])]
    if sum(sizes) > _MOST:
        raise ValueError("answer too long")
    return head, [_exactly(pipe, n, deadline) for n in sizes]


def _exactly(pipe: IO[bytes], count: int, deadline: float) -> bytes:
    got = bytearray()
    handle = pipe.fileno()
    while len(got) < count:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([handle], [], [], left)[0]:
            raise TimeoutError
        part = os.read(handle, min(count - len(got), 1 << 20))
        if not part:
            raise EOFError
        got += part
    return bytes(got)


# ---- inside the worker -------------------------------------------------------------------------


def _cage() -> None:
    """Take away what reading a document does not need."""
    soft = min(ADDRESS_SPACE, _hard(resource.RLIMIT_AS))
    resource.setrlimit(resource.RLIMIT_AS, (soft, soft))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (200 * 2**20, 200 * 2**20))
    with contextlib.suppress(OSError, AttributeError):
        new_user, new_net = 0x10000000, 0x40000000
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(new_net) != 0:
            libc.unshare(new_user | new_net)


def _hard(kind: int) -> int:
    hard = resource.getrlimit(kind)[1]
    return ADDRESS_SPACE if hard == resource.RLIM_INFINITY else hard


def _serve(source: IO[bytes], out: IO[bytes], threads: int) -> None:
    from cases import examine
    from parsers.documents import limits

    limits.recognise_with(threads)
    now_open = [""]

    def opening(path: str, format: str) -> None:
        now_open[0] = path
        _write(out, {"opening": path, "format": format}, [])

    limits.before_slow_pages(lambda: opening(now_open[0], "page"))

    while True:
        try:
            request, blobs = _read(source, time.monotonic() + 10**8)
        except EOFError:
            return
        answer, pictures = _answer(examine, request, blobs[0], opening)
        _write(out, answer, pictures)


def _answer(
    examine: Any, request: dict[str, Any], raw: bytes, opening: Any
) -> tuple[dict[str, Any], list[bytes]]:
    name, passwords = request["name"], tuple(request["passwords"])
    match request["do"]:
        case "examine":
            skip = {path: (why[0], why[1]) for path, why in request["skip"].items()}
            told = examine.examine(
                name, raw, on=date.fromisoformat(request["on"]), passwords=passwords,
                words=request["words"], lessons=request["lessons"], skip=skip, opening=opening, prefix=request["prefix"],
            )  # fmt: skip
            return told, []
        case "leaf":
            found = examine.leaf_bytes(name, raw, request["path"], passwords)
            return {"found": found is not None}, [found or b""]
        case _:
            data = examine.leaf_bytes(name, raw, request["path"], passwords)
            opening(request["path"], "pages")
            pages, found = examine.pictures(data or b"", passwords, request["find"])
            sizes = [(p.width_pt, p.height_pt) for p in pages]
            return {"sizes": sizes, "found": found}, [p.png for p in pages]


def _main() -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints may get between the answers
    _cage()
    _serve(sys.stdin.buffer, out, int(sys.argv[1]))


if __name__ == "__main__":
    _main()
