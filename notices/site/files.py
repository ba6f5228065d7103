"""The folder of a site: files replaced whole and only where they differ, a manifest of what is there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from notices.site.model import SiteError

MANIFEST: Final = "manifest.json"
#: of SHA-256, hexadecimal digits that name content
_DIGITS: Final = 16
_FORMAT: Final = "gouji-site-1"


class Folder:
    """A site's folder while it is built. Raises `SiteError` for one that holds other things, or cannot be written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._before = _manifest(root)
        self._files: dict[str, str] = {}
        self.written = 0

    @property
    def state(self) -> Mapping[str, Any]:
        """What the build before kept in the manifest beside the files; empty where there was none."""
        found = self._before.get("state", {})
        return found if isinstance(found, dict) else {}

    def known(self, path: str) -> bool:
        """Whether the build before wrote this file, and it is still there."""
        return path in self._before["files"] and (self.root / path).is_file()

    def keep(self, path: str) -> None:
        """Leave a file of the build before as it is."""
        self._files[path] = self._before["files"][path]

    def put(self, path: str, content: bytes) -> None:
        """Write a file, whole and at once, unless it holds just this."""
        digest = content_name(content)
        self._files[path] = digest
        if self._before["files"].get(path) == digest and (self.root / path).is_file():
            return
        self._write(path, content)
        self.written += 1

    def finish(self, state: Mapping[str, Any]) -> int:
        """Remove what the site no longer has, then write the manifest; gives the number of files removed."""
        stale = [path for path in self._before["files"] if path not in self._files]
        content = {"format": _FORMAT, "state": state, "files": dict(sorted(self._files.items()))}
        for path in stale:
            (self.root / path).unlink(missing_ok=True)
            _prune((self.root / path).parent, self.root)
        if content != self._before:
            self._write(MANIFEST, dump(content).encode())
        return len(stale)

    def _write(self, path: str, content: bytes) -> None:
        target = self.root / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_name(f".{target.name}.part")
            partial.write_bytes(content)
            partial.replace(target)
        except OSError as error:
            raise SiteError(f"{target}: {error.strerror or type(error).__name__}") from error


def content_name(content: bytes) -> str:
    """A name for bytes: the same bytes, the same name."""
    return hashlib.sha256(content).hexdigest()[:_DIGITS]


def dump(value: Any) -> str:
    """JSON in one line, the same for the same value; text as it is, since it holds no control character."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def script(name: str, value: Any) -> bytes:
    """A data file: a script that gives the pages a value, since a page in a folder may not fetch one."""
    return f"gouji.put({dump(name)},{dump(value)});\n".encode()


def _manifest(root: Path) -> dict[str, Any]:
    path = root / MANIFEST
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if root.is_dir() and any(root.iterdir()):
            raise SiteError(f"{root}: holds files and no site; name a new or an empty folder") from None
        return {"files": {}}
    except (OSError, ValueError) as error:
        raise SiteError(f"{path}: cannot be read: {error}") from error
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise SiteError(f"{path}: is no manifest of this site")
    for name in content["files"]:
        # It names files to remove: nothing outside the folder.
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise SiteError(f"{path}: names {name}")
    return content


def _prune(folder: Path, root: Path) -> None:
    """Remove folders that a removal has left empty."""
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
