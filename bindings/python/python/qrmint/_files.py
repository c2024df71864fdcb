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


def write(out: Any, picture: bytes, is_characters: bool) -> None:
    """Writes a picture to a path or a file object. One with an encoding takes text."""
    if not hasattr(out, "write"):
        write_path(os.fspath(out), picture)
    elif not hasattr(out, "encoding"):
        write_all(out, picture)
    elif is_characters:
        out.write(picture.decode())
    else:
        raise TypeError("a file object for a png must be opened in binary mode")


def write_all(out: Any, picture: bytes) -> None:
    """Writes all bytes to a file object. One without a buffer may take fewer at a time."""
    rest = memoryview(picture)
    while isinstance(out, io.RawIOBase) and len(rest) > 0:
        written = out.write(rest)
        if written is None:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), len(picture) - len(rest))
        rest = rest[written:]
    if len(rest) > 0:
        out.write(picture)


def write_path(path: str | bytes, picture: bytes) -> None:
    """Writes to a file beside the path, which then takes its place."""
    target = os.fsdecode(os.path.realpath(path))
    if os.path.exists(target) and not os.path.isfile(target):
        # A device or a pipe.
        with open(target, "wb") as file:
            file.write(picture)
        return
    beside = os.path.join(os.path.dirname(target), f".qrmint-{secrets.token_hex(4)}")
    try:
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
