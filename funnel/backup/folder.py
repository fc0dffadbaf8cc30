"""The folder of a backup: written file by file with checksums, in the room that there is, and read again."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import zstandard

from connectors.pipeline.room import MEGABYTE, size
from funnel.backup import manifest
from funnel.backup.errors import BackupError
from funnel.backup.manifest import Copied, Manifest

PIECE = 1024 * 1024
_LOOK_BYTES = 16 * PIECE
"""How often the disk is looked at."""
_LEVEL = 3


class Writing:
    """A backup that is being written."""

    def __init__(self, root: Path, keep_free: int) -> None:
        self.root = root
        self.files: dict[str, Copied] = {}
        self._keep_free = keep_free
        self._unlooked = 0

    @property
    def size(self) -> int:
        """Of all files so far."""
        return sum(one.bytes for one in self.files.values())

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        """Takes the content of a file, which is on the disk with the end of the block. Raises BackupError."""
        path = self.root / name
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                counted = _Counted(file, self)
                yield cast("IO[bytes]", counted)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise unwritable(path, error) from error
        self.files[name] = counted.copied

    @contextmanager
    def compressed(self, name: str) -> Iterator[IO[bytes]]:
        """The same, with zstd."""
        with self.file(name) as file, zstandard.ZstdCompressor(_LEVEL).stream_writer(file, closefd=False) as writer:
            yield writer

    def copy(self, source: Path, name: str) -> None:
        """Copies a file as it is, unless it was taken away meanwhile. Raises BackupError."""
        try:
            content = source.open("rb")
        except FileNotFoundError:
            return
        except OSError as error:
            raise BackupError(f"{source} cannot be read ({error.strerror}): change its owner or mode") from error
        with content, self.file(name) as file:
            while piece := content.read(PIECE):
                file.write(piece)

    def add(self, name: str) -> None:
        """Counts a file that something else has written there."""
        self.files[name] = checked(self.root / name)

    def look(self, written: int) -> None:
        """Raises BackupError where the running installation needs the rest of the disk."""
        self._unlooked += written
        if self._unlooked >= _LOOK_BYTES:
            self._unlooked = 0
            require_room(self.root, 0, self._keep_free)

    def finish(self, said: Manifest) -> None:
        """From here on it is a backup. Raises BackupError."""
        half = f".{manifest.FILE}"
        with self.file(half) as file:
            file.write(manifest.dump(said).encode())
        try:
            (self.root / half).replace(self.root / manifest.FILE)
            _sync(self.root)
        except OSError as error:
            raise unwritable(self.root, error) from error


class _Counted:
    """Hands on what is written, with its checksum."""

    def __init__(self, file: IO[bytes], writing: Writing) -> None:
        self._file = file
        self._writing = writing
        self._hash = hashlib.sha256()
        self._bytes = 0

    def write(self, data: bytes) -> int:
        self._writing.look(len(data))
        self._file.write(data)
        self._hash.update(data)
        self._bytes += len(data)
        return len(data)

    @property
    def copied(self) -> Copied:
        return Copied(bytes=self._bytes, sha256=self._hash.hexdigest())


@contextmanager
def new_folder(root: Path, data_dir: Path, reserve_mb: int, expected: int) -> Iterator[Writing]:
    """Makes the folder for about so many bytes, and takes it away again where the block raises.

    Raises BackupError: it exists, cannot be made, or its disk has no room.
    """
    if root.exists():
        raise BackupError(_exists(root))
    if root.resolve().is_relative_to(data_dir.resolve()):
        raise BackupError(f"{root} lies in the data folder, and would be lost with it: choose one elsewhere")
    keep_free = reserve_mb * MEGABYTE if _shares_a_disk(root.parent, data_dir) else 0
    require_room(root.parent, expected, keep_free)
    try:
        root.mkdir(mode=0o700)
    except OSError as error:
        raise unwritable(root, error) from error
    try:
        yield Writing(root, keep_free)
    except BaseException:
        shutil.rmtree(root, ignore_errors=True)
        raise


def require_room(folder: Path, needed: int, keep_free: int) -> None:
    """Raises BackupError unless so many bytes are free there, beside what has to stay free."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise unwritable(folder, error) from error
    if free < needed + keep_free:
        rest = f" and {size(keep_free)} have to stay free for what runs (FUNNEL_DISK_RESERVE_MB)" if keep_free else ""
        about = f"about {size(needed)} are needed" if needed else "more is needed"
        raise BackupError(
            f"{size(free)} are free on the disk of {folder}, {about}{rest}: make room, or choose a folder on another "
            "disk"
        )


def read_manifest(root: Path) -> Manifest:
    """What the backup says of itself. Raises BackupError where there is none."""
    if not root.is_dir():
        raise BackupError(f"there is no folder {root}")
    try:
        text = (root / manifest.FILE).read_text()
    except FileNotFoundError as error:
        raise BackupError(
            f"{root} holds no finished backup: it has no {manifest.FILE}, as one that was interrupted. Take another"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"{root / manifest.FILE} cannot be read: {error}") from error
    return manifest.load(text, str(root))


def check_files(root: Path, said: Manifest) -> None:
    """Reads every file. Raises BackupError where one is not as it was written."""
    found = {name: checked(path) for name in said.files if (path := root / name).is_file()}
    wrong = manifest.damaged(said, found)
    if wrong:
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise BackupError(f"{root}: {wrong[0]}{more}. It is not restored: take another backup")


def checked(path: Path) -> Copied:
    """Size and checksum of a file. Raises BackupError."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        return Copied(bytes=path.stat().st_size, sha256=found)
    except OSError as error:
        raise BackupError(f"{path} cannot be read ({error.strerror})") from error


@contextmanager
def decompressed(path: Path) -> Iterator[IO[bytes]]:
    """The content of a file that was written compressed."""
    with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as reader:
        yield reader


def unwritable(path: Path, error: OSError) -> BackupError:
    """The backup cannot be written there."""
    way_out = "make room, or choose" if error.errno == errno.ENOSPC else "choose"
    return BackupError(f"{path} cannot be written ({error.strerror}): {way_out} another folder")


def _exists(root: Path) -> str:
    if not (root / manifest.FILE).exists() and (root / "tables").is_dir():
        return f"{root} holds a backup that was interrupted: remove it, or choose another folder"
    return f"{root} exists: choose a folder that does not exist yet"


def _shares_a_disk(folder: Path, data_dir: Path) -> bool:
    try:
        own = folder.stat().st_dev
        inside = [data_dir, *(one for one in data_dir.iterdir() if one.is_dir())]
        return any(one.stat().st_dev == own for one in inside)
    except OSError:
        return False


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
