"""Pictures to files and file objects."""

import contextlib
import errno
import io
import os
import secrets
import shutil
from typing import Any


def extension(out: Any) -> str:
    """Returns the extension of the name of a file, in lower case and without the dot."""
    name = getattr(out, "name", None) if hasattr(out, "write") else os.fspath(out)
    if not isinstance(name, str | bytes):
        raise ValueError("kind must be given for a file object without a name")
    suffix = os.path.splitext(os.fsdecode(name))[1][1:].lower()
    if not suffix:
        raise ValueError("kind must be given for a name without an extension")
    return suffix


def write(out: Any, picture: bytes, kind: str) -> None:
    """Writes a picture to a path or a file object. One with an encoding takes text."""
    if not hasattr(out, "write"):
        write_path(os.fspath(out), picture)
    elif not hasattr(out, "encoding"):
        write_all(out, picture)
    elif kind in ("png", "pdf"):
        raise TypeError(f"a file object for a {kind} must be opened in binary mode")
    elif kind == "svg" and out.encoding and picture.decode().encode(out.encoding) != picture:
        raise ValueError(f"a text file for this svg must have the encoding utf-8, not {out.encoding}")
    else:
        out.write(picture.decode())


def write_all(out: Any, picture: bytes) -> None:
    """Writes all bytes to a file object. One without a buffer may take fewer at a time."""
    rest = memoryview(picture)
    while isinstance(out, io.RawIOBase) and len(rest) > 0:
        written = out.write(rest)
        if written is None:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), len(picture) - len(rest))
        if written <= 0:
            raise OSError(errno.EIO, "the file object takes no more bytes")
        rest = rest[written:]
    if len(rest) > 0:
        out.write(picture)


def write_path(path: str | bytes, picture: bytes) -> None:
    """Writes to a file beside the path, which then takes its place."""
    target = os.fsdecode(os.path.realpath(path))
    folder = os.path.dirname(target)
    beside = os.path.join(folder, f".qrmint-{secrets.token_hex(4)}")
    # Not a device or a pipe, not a file that must not be written, and there may be another file beside it.
    is_replaceable = os.path.isfile(target) and os.access(target, os.W_OK) and os.access(folder, os.W_OK)
    try:
        if os.path.exists(target) and not is_replaceable:
            with open(target, "wb") as file:
                file.write(picture)
            return
        with open(beside, "xb") as file:
            file.write(picture)
        if os.path.exists(target):
            shutil.copymode(target, beside)
        os.replace(beside, target)
    except OSError as error:
        # The caller knows its own path only.
        raise OSError(error.errno, error.strerror, path) from None
    finally:
        with contextlib.suppress(OSError):
            os.unlink(beside)
