"""Re-creates every third-party file of the browser side, byte for byte, from pinned packages.
It neither chooses versions nor edits code: it takes listed files out of verified tarballs, and
leaves weights out of fonts (`fonts.py`), of which the record has the hash before and after.

    python .ci/vendor.py           fetch with `npm pack`, verify, write, record
    python .ci/vendor.py --check   compare the tree with the record, offline
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fonts

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "static/vendor/VENDOR.json"
SPRITE = "static/icons/icons.svg"
# Folders in which every file must be in the record.
OWNED = ("static/vendor", "static/fonts", "static/icons", "tests/browser/vendor")
NPM_TIMEOUT = 120  # seconds a package

LIT_MODULES = (
    "lit-html",
    "directive",
    "directive-helpers",
    "async-directive",
    "directives/cache",
    "directives/class-map",
    "directives/guard",
    "directives/if-defined",
    "directives/keyed",
    "directives/live",
    "directives/ref",
    "directives/repeat",
)
ICONS = (
    "activity arrow-right-left bell-off bell-ring check chevron-down chevron-left "
    "chevron-right chevron-up circle-check circle-help clock command copy corner-down-left "
    "download eye file-text flag gauge globe image link list log-out megaphone monitor "
    "paperclip pause pencil phone-call pin pin-off play plus printer quote radio rewind "
    "search send signpost siren skip-back skip-forward sun-moon triangle-alert undo-2 users "
    "wrench x"
).split()


@dataclass(frozen=True)
class Package:
    """One npm package: its version, the registry's sha512 of it, and the files we take."""

    name: str
    version: str
    integrity: str
    files: dict[str, str] = field(default_factory=dict)


LUCIDE = Package(
    name="lucide-static",
    version="1.62.0",
    integrity="sha512-WBZA/m2PvkFpMGHDtsBck5P2A9G4ehLlYu4GwwICcmEm1BvYVgj00lCDxKRWLlbMlOibLaiwdQ88G5pHkSWgwA==",
    files={"LICENSE": "static/icons/lucide.LICENSE"},
)
PACKAGES = (
    Package(
        name="lit-html",
        version="3.3.0",  # 3.3.1 to 3.3.3 leave a node behind for each row that goes
        integrity="sha512-RHoswrFAxY2d8Cf2mm4OZ1DgzCoBKUKSPvA1fhtSELxUERq2aQQ2h05pO9j81gS1o7RIRJ+CePLogfyahwmynw==",
        files={
            **{f"{name}.js": f"static/vendor/lit/{name}.js" for name in LIT_MODULES},
            "LICENSE": "static/vendor/lit/LICENSE",
        },
    ),
    Package(
        name="@preact/signals-core",
        version="1.14.5",
        integrity="sha512-vcRv7Ityz5JVmeiVqIluLFzT/PDS/AlhHUpw3/aUWqcVUs6bDGIPXE/6RSC4evBNWYvnniozg5Syfj33al3gkg==",
        files={
            "dist/signals-core.module.js": "static/vendor/signals/signals-core.js",
            "LICENSE": "static/vendor/signals/LICENSE",
        },
    ),
    Package(
        name="@fontsource-variable/atkinson-hyperlegible-next",
        version="5.3.0",
        integrity="sha512-UnLzNUy1RWoLDfydAatP4NaRm99X/WbQEph7q/PymJnCFIOOwKOx3pBmp5ys8trO0dM+CKGuJgeZP9fAR4mQpA==",
        files={
            "files/atkinson-hyperlegible-next-latin-wght-normal.woff2": (
                "static/fonts/next-latin.woff2"
            ),
            "files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2": (
                "static/fonts/next-latin-ext.woff2"
            ),
            "LICENSE": "static/fonts/next.LICENSE",
        },
    ),
    Package(
        name="@fontsource-variable/atkinson-hyperlegible-mono",
        version="5.3.0",
        integrity="sha512-0IbthhO18EEpLe69h+cmrsxCkl4yk80gMk+fAN3+9M5zQvoR1JlkzoJRR6U9/UXLYpVBGEXu+Md2LO8TIp30dw==",
        files={
            "files/atkinson-hyperlegible-mono-latin-wght-normal.woff2": (
                "static/fonts/mono-latin.woff2"
            ),
            "files/atkinson-hyperlegible-mono-latin-ext-wght-normal.woff2": (
                "static/fonts/mono-latin-ext.woff2"
            ),
            "LICENSE": "static/fonts/mono.LICENSE",
        },
    ),
    LUCIDE,
    Package(
        name="axe-core",
        version="4.14.1",
        integrity="sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        files={
            "axe.min.js": "tests/browser/vendor/axe.min.js",
            "LICENSE": "tests/browser/vendor/axe.LICENSE",
        },
    ),
    Package(
        name="big-list-of-naughty-strings",
        version="1.0.0",
        integrity="sha512-WiC+gW38KhSqHR5nmQ51l25CkiU/WkDCXFXd6R1uvyCdYrMk70IzmcVrrV3CEKU1ppd2PcZY+UsRz/RyM7/jMA==",
        files={
            "blns.json": "tests/browser/vendor/blns.json",
            "LICENSE": "tests/browser/vendor/blns.LICENSE",
        },
    ),
)


def main(arguments: list[str]) -> int:
    match arguments:
        case []:
            return vendor()
        case ["--check"]:
            return check()
        case _:
            print(__doc__)
            return 2


def vendor() -> int:
    wanted: dict[str, bytes] = {}
    made: dict[str, Any] = {}
    for package in PACKAGES:
        print(f"{package.name} {package.version}", flush=True)
        tarball = fetch(package)
        wanted |= {path: cleaned(path, tarball[source]) for source, path in package.files.items()}
        if package is LUCIDE:
            wanted[SPRITE] = sprite(tarball)
    for path in [path for path in wanted if path.endswith(".woff2")]:
        whole = wanted.pop(path)
        for part, font in fonts.smaller(path, whole):
            wanted[part], made[part] = font, {"from": digest(whole), "by": fonts.HOW}
    for path, content in wanted.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_bytes(content)
    RECORD.write_text(json.dumps(record(wanted, made), indent=1) + "\n")
    print(f"{len(wanted)} files, {sum(map(len, wanted.values())) // 1024} KiB")
    return check()


def fetch(package: Package) -> dict[str, bytes]:
    """The package's files by path, from the registry that npm itself is configured for."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--ignore-scripts"]
        subprocess.run(
            [*command, f"{package.name}@{package.version}"],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=NPM_TIMEOUT,
        )
        [archive] = Path(folder).glob("*.tgz")
        raw = archive.read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(raw).digest()).decode()
    if found != package.integrity:
        raise SystemExit(f"{package.name} {package.version}: got {found}, not what is pinned")
    return unpacked(raw)


def unpacked(raw: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is not None:
                files[member.name.partition("/")[2]] = content.read()
    return files


def cleaned(path: str, content: bytes) -> bytes:
    """The file without its source map line, refused if it imports what a browser cannot find."""
    if not path.endswith(".js"):
        return content
    without_map = re.sub(rb"\n?//# sourceMappingURL=\S+\s*$", b"\n", content)
    bare = re.findall(rb"""(?:from|import)\s*["']([^./"'\n][^"'\n]*)["']""", without_map)
    if bare and path.startswith("static/"):
        raise SystemExit(f"{path}: imports {bare}, which is no relative path")
    return without_map


def sprite(tarball: dict[str, bytes]) -> bytes:
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg">',
        "<!-- Lucide icons, ISC licence: see lucide.LICENSE -->",
    ]
    for name in ICONS:
        drawing = re.search(rb"<svg[^>]*>(.*)</svg>", tarball[f"icons/{name}.svg"], re.DOTALL)
        assert drawing, name
        inner = " ".join(drawing[1].decode().split())
        lines.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    return ("\n".join([*lines, "</svg>"]) + "\n").encode()


def record(wanted: dict[str, bytes], made: dict[str, Any]) -> dict[str, Any]:
    """`made`: what is no longer as its package has it, with the hash that it had there."""
    return {
        "packages": {
            package.name: {"version": package.version, "integrity": package.integrity}
            for package in PACKAGES
        },
        "files": {path: digest(wanted[path]) for path in sorted(wanted)},
        "made": made,
    }


def check() -> int:
    """Every recorded file is as recorded, nothing else lies in our folders, pins agree."""
    written: dict[str, Any] = json.loads(RECORD.read_text())
    present = {path: digest((ROOT / path).read_bytes()) for path in owned_files()}
    wrong = sorted({path for path, _ in written["files"].items() ^ present.items()})
    for path in wrong:
        print(f"differs from {RECORD.name}: {path}")
    stale = record({}, {})["packages"] != written["packages"]
    if stale:
        print(f"{RECORD.name} was written for other versions: run python .ci/vendor.py")
    return 1 if wrong or stale else 0


def owned_files() -> list[str]:
    found = (path for folder in OWNED for path in (ROOT / folder).rglob("*"))
    return [
        path.relative_to(ROOT).as_posix() for path in found if path.is_file() and path != RECORD
    ]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
