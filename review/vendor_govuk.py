"""Write review/static/govuk/ from the govuk-frontend package: `python -m review.vendor_govuk [--check]`.

Version 6.3.0 exactly: govuk-frontend-jinja 4.1.0 renders its 657 fixtures equal, later ones not. A service outside GOV.UK
uses the design system without its branding, so the fonts, crest and crown go, and the typeface is Helvetica or Arial.
"""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "6.3.0"
SHA512 = "717210c66e4f1c2b1b89ce3b19766b54166101e7ac8532d12fa6412a294bb11eab3028c9b966fb16bbaad1550d30124594993fb2bb118ffabc7796ccf5c80aa0"
TARGET = Path(__file__).resolve().parent / "static" / "govuk"


def built() -> dict[str, bytes]:
    """Return the files to serve, by name."""
    package = _package()
    css = package["package/dist/govuk/govuk-frontend.min.css"].decode()
    script = package["package/dist/govuk/govuk-frontend.min.js"].decode()
    css = re.sub(r"@font-face\s*\{[^}]*\}", "", css)
    css = re.sub(r"GDS Transport,\s*arial", "Helvetica,Arial", css, flags=re.I)
    css = re.sub(r"url\([^)]*assets/[^)]*\)", "none", css)
    return {
        "govuk-frontend.min.css": _no_map(css).encode(),
        "govuk-frontend.min.js": _no_map(script).encode(),
    }


def _no_map(text: str) -> str:
    return re.sub(r"/[/*]# sourceMappingURL=[^\n*]*(\*/)?", "", text).strip() + "\n"


def _package() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", f"govuk-frontend@{VERSION}", "--silent"], cwd=folder, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        data = next(Path(folder).glob("*.tgz")).read_bytes()
    if hashlib.sha512(data).hexdigest() != SHA512:
        raise SystemExit("The package is not the one that was pinned.")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {
            m.name: archive.extractfile(m).read()  # type: ignore[union-attr]
            for m in archive.getmembers()
            if m.isfile() and m.name.endswith((".css", ".js"))
        }


def main() -> int:
    """Write the files, or say whether they differ."""
    files = built()
    if "--check" in sys.argv:
        wrong = [
            n
            for n, d in files.items()
            if not (TARGET / n).is_file() or (TARGET / n).read_bytes() != d
        ]
        print("\n".join(wrong) or "Nothing differs.")
        return int(bool(wrong))
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (TARGET / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
