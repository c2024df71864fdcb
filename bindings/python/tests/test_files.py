"""Pictures to files, file objects, terminals and the program that shows them."""

import codecs
import errno
import gzip
import io
import os
import resource
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import qrmint

QR = qrmint.make("https://example.com/badge/4711")
PICTURES = {
    "png": QR.png(),
    "svg": QR.svg().encode(),
    "pdf": QR.pdf(),
    "eps": QR.eps(),
    "zpl": QR.zpl(),
    "txt": QR.text().encode(),
}
EVERY_KIND = pytest.mark.parametrize("kind", PICTURES)
TEXT_KINDS = pytest.mark.parametrize("kind", [kind for kind in PICTURES if kind not in ("png", "pdf")])


# Paths


@EVERY_KIND
def test_the_extension_tells_the_format(kind: str, tmp_path: Path) -> None:
    for path in [tmp_path / f"a.{kind}", str(tmp_path / f"b.b.{kind.upper()}"), os.fsencode(tmp_path / f"c.{kind}")]:
        QR.save(path)
        assert Path(os.fsdecode(path)).read_bytes() == PICTURES[kind]


@EVERY_KIND
def test_kind_overrules_the_extension(kind: str, tmp_path: Path) -> None:
    for name in ["none", "a.png", "b.gif"]:
        QR.save(tmp_path / name, kind)
        QR.save(tmp_path / name, kind=kind.upper())
        assert (tmp_path / name).read_bytes() == PICTURES[kind]


def test_keywords_describe_the_picture(tmp_path: Path) -> None:
    QR.save(tmp_path / "a.svg", scale=3, border=2, dark="navy", title="Badge")
    assert (tmp_path / "a.svg").read_text() == QR.svg(3, 2, dark="navy", title="Badge")


def test_a_file_that_exists_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("old")
    path.chmod(0o640)
    QR.save(path)
    assert path.read_bytes() == PICTURES["png"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["a.png"]


def test_a_new_file_has_the_mode_that_open_gives(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        QR.save(tmp_path / "a.png")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.png").stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old")
    (tmp_path / "link.png").symlink_to("target")
    (tmp_path / "dangling.png").symlink_to("new")
    QR.save(tmp_path / "link.png")
    QR.save(tmp_path / "dangling.png")
    assert (tmp_path / "link.png").is_symlink() and (tmp_path / "dangling.png").is_symlink()
    assert (tmp_path / "target").read_bytes() == (tmp_path / "new").read_bytes() == PICTURES["png"]


def test_the_longest_name_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 251 + ".png")
    QR.save(path)
    assert path.read_bytes() == PICTURES["png"]


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    QR.save("a.png")
    assert (tmp_path / "a.png").read_bytes() == PICTURES["png"]


def test_devices_and_pipes_are_written_to(tmp_path: Path) -> None:
    QR.save("/dev/null", "png")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    QR.save(pipe)
    assert os.read(reader, 65_536) == PICTURES["png"]
    os.close(reader)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none", "kind must be given for a name without an extension"),
        ("folder.png/none", "kind must be given for a name without an extension"),
        (".png", "kind must be given for a name without an extension"),
        ("a.gif", "kind must be 'png', 'svg', 'pdf', 'eps', 'zpl' or 'txt', not 'gif'"),
    ],
)
def test_a_path_without_a_format_is_refused(name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError) as caught:
        QR.save(str(tmp_path / name))
    assert str(caught.value) == message


def test_a_file_in_a_folder_that_takes_no_other_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "code.png"
    file.write_bytes(b"before")
    inode = file.stat().st_ino
    # Root may write everywhere.
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != tmp_path.resolve())
    QR.save(file)
    assert (file.read_bytes(), file.stat().st_ino) == (PICTURES["png"], inode)


def test_a_text_file_gets_an_svg_in_utf_8_only(tmp_path: Path) -> None:
    for encoding in ("latin-1", "utf-8"):
        with open(tmp_path / encoding, "w", encoding=encoding) as file:
            QR.save(file, "svg", title="plain")
        assert (tmp_path / encoding).read_text() == QR.svg(title="plain")
    for encoding, title in (("latin-1", "Jos\u00e9"), ("utf-16", "plain")):
        with open(tmp_path / encoding, "w", encoding=encoding) as file:
            with pytest.raises(ValueError, match=f"^a text file for this svg must have the encoding utf-8, not {encoding}$"):
                QR.save(file, "svg", title=title)


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_a_text_file_gets_no_bytes(kind: str) -> None:
    with pytest.raises(TypeError, match=f"^a file object for a {kind} must be opened in binary mode$"):
        QR.save(io.StringIO(), kind)


def test_a_file_object_that_takes_nothing_is_an_error() -> None:
    class Full(io.RawIOBase):
        def write(self, data: object, /) -> int:
            return 0

    with pytest.raises(OSError, match="takes no more bytes"):
        QR.save(Full(), "png")


def test_a_path_with_a_null_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="embedded null"):
        QR.save(str(tmp_path / "a\0b.png"))
    assert os.listdir(tmp_path) == []


def test_what_is_no_path_is_refused() -> None:
    class Failing:
        def __fspath__(self) -> str:
            raise ZeroDivisionError

    for out in [5, None, [], 1.5]:
        for kind in ["png", None]:
            with pytest.raises(TypeError):
                QR.save(out, kind)
    with pytest.raises(ZeroDivisionError):
        QR.save(Failing())
    with pytest.raises(TypeError):
        QR.save("a.png", 5)


def test_an_error_names_the_path_of_the_caller(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    for path, error in [
        (tmp_path / "missing" / "a.png", FileNotFoundError),
        (tmp_path / "file" / "a.png", NotADirectoryError),
        (tmp_path, IsADirectoryError),
        (tmp_path / ("a" * 300), OSError),
    ]:
        with pytest.raises(error) as caught:
            QR.save(path, "png")
        assert caught.value.filename == str(path)
    assert os.listdir(tmp_path) == ["file"]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(OSError) as caught:
            QR.save(tmp_path / "a.png")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (caught.value.errno, caught.value.filename) == (errno.EFBIG, str(tmp_path / "a.png"))
    assert (tmp_path / "a.png").read_text() == "old"
    assert os.listdir(tmp_path) == ["a.png"]


def test_a_full_device_is_an_error() -> None:
    with pytest.raises(OSError) as caught:
        QR.save("/dev/full", "png")
    assert caught.value.errno == errno.ENOSPC
    with open("/dev/full", "wb", buffering=0) as file, pytest.raises(OSError):
        QR.save(file, "png")


@contextmanager
def read_only_folder() -> Iterator[Path]:
    """A folder with a file that nobody may write to; the superuser becomes nobody for a while."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.png").write_text("old")
        os.chmod(folder, 0o555)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65_534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(user)
            os.chmod(folder, 0o755)


def test_a_read_only_folder_keeps_what_it_has() -> None:
    with read_only_folder() as folder:
        with pytest.raises(PermissionError) as caught:
            QR.save(folder / "a.png")
        with pytest.raises(PermissionError):
            QR.save(folder / "new.png")
        assert (folder / "a.png").read_text() == "old"
        assert os.listdir(folder) == ["a.png"]
    assert caught.value.filename == str(folder / "a.png")


def test_a_wrong_keyword_touches_no_file(tmp_path: Path) -> None:
    for style, error in [({"svgid": "i"}, TypeError), ({"dark": "#ff6600"}, ValueError), ({"scale": 0}, ValueError)]:
        with pytest.raises(error):
            QR.save(tmp_path / "a.png", **style)
    assert os.listdir(tmp_path) == []


# File objects


@EVERY_KIND
def test_a_binary_file_object_gets_bytes(kind: str, tmp_path: Path) -> None:
    memory = io.BytesIO()
    QR.save(memory, kind)
    assert memory.getvalue() == PICTURES[kind]
    for buffering in [-1, 0]:
        with open(tmp_path / "file", "wb", buffering=buffering) as file:
            QR.save(file, kind)
        assert (tmp_path / "file").read_bytes() == PICTURES[kind]
    with gzip.open(tmp_path / "file.gz", "wb") as packed:
        QR.save(packed, kind)
    assert gzip.decompress((tmp_path / "file.gz").read_bytes()) == PICTURES[kind]
    with tempfile.SpooledTemporaryFile() as spooled:
        QR.save(spooled, kind)
        spooled.seek(0)
        assert spooled.read() == PICTURES[kind]


@TEXT_KINDS
def test_a_text_file_object_gets_text(kind: str, tmp_path: Path) -> None:
    expected = PICTURES[kind].decode()
    memory = io.StringIO()
    QR.save(memory, kind)
    assert memory.getvalue() == expected
    for file in [
        open(tmp_path / "a", "w+", encoding="utf-8", newline=""),
        tempfile.NamedTemporaryFile("w+", encoding="utf-8", newline=""),
        tempfile.SpooledTemporaryFile(mode="w+", encoding="utf-8", newline=""),
        codecs.open(str(tmp_path / "b"), "w+", encoding="utf-8"),
    ]:
        with file:
            QR.save(file, kind)
            file.seek(0)
            assert file.read() == expected
    with gzip.open(tmp_path / "c.gz", "wt", encoding="utf-8", newline="") as packed:
        QR.save(packed, kind)
    assert gzip.decompress((tmp_path / "c.gz").read_bytes()) == PICTURES[kind]


def test_a_text_file_object_gets_no_png(tmp_path: Path) -> None:
    with open(tmp_path / "a.png", "w") as file:
        for out in [io.StringIO(), file, sys.__stdout__]:
            with pytest.raises(TypeError) as caught:
                QR.save(out, "png")
            assert str(caught.value) == "a file object for a png must be opened in binary mode"


def test_the_name_of_a_file_object_tells_the_format(tmp_path: Path) -> None:
    with open(tmp_path / "a.svg", "wb") as binary:
        QR.save(binary)
    with open(os.fsencode(tmp_path / "b.svg"), "w") as text:
        QR.save(text)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes() == PICTURES["svg"]
    with open(os.open(tmp_path / "c.svg", os.O_CREAT | os.O_WRONLY), "wb") as numbered:
        for out in [numbered, io.BytesIO()]:
            with pytest.raises(ValueError, match="^kind must be given for a file object without a name$"):
                QR.save(out)


def test_a_raw_file_object_may_take_some_bytes_at_a_time() -> None:
    class Slow(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            taken = bytes(data)[:7]
            self.data += taken
            return len(taken)

    slow = Slow()
    QR.save(slow, "png")
    assert slow.data == PICTURES["png"]


def test_a_pipe_that_is_full_is_an_error_and_does_not_spin() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    large = qrmint.make("x" * 2331)
    with open(writer, "wb", buffering=0) as file, pytest.raises(BlockingIOError) as caught:
        large.save(file, "pdf")
    assert caught.value.errno == errno.EAGAIN
    assert 0 < caught.value.characters_written < len(large.pdf())
    assert len(os.read(reader, 1_000_000)) == caught.value.characters_written
    os.close(reader)


def test_the_error_of_a_file_object_comes_through(tmp_path: Path) -> None:
    class Failing:
        name = "a.png"

        def write(self, data: bytes) -> None:
            raise ZeroDivisionError("no")

    with pytest.raises(ZeroDivisionError, match="^no$"):
        QR.save(Failing())
    with pytest.raises(ZeroDivisionError, match="^no$"):
        QR.terminal(Failing())
    closed = open(tmp_path / "a.png", "wb")
    closed.close()
    with pytest.raises(ValueError):
        QR.save(closed)
    with open(tmp_path / "a.png", "rb") as reading, pytest.raises(io.UnsupportedOperation):
        QR.save(reading)


def test_write_may_call_the_package() -> None:
    class Nested:
        def __init__(self) -> None:
            self.pictures: list[bytes] = []

        def write(self, data: bytes) -> None:
            self.pictures += [data, *qrmint.make_many(["a", "b"])]
            QR.matrix.tolist()
            QR.save(io.BytesIO(), "svg")

    out = Nested()
    QR.save(out, "png")
    assert out.pictures == [QR.png(), qrmint.make("a").png(), qrmint.make("b").png()]


# Terminal and viewer


def test_terminal_writes_half_blocks_with_colours(capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    QR.terminal(out)
    QR.terminal()
    QR.terminal(None, 4)
    assert capsys.readouterr().out == 2 * out.getvalue()
    assert "\x1b[" in out.getvalue() and out.getvalue().endswith("\n")
    coloured = io.StringIO()
    QR.terminal(coloured, border=1, dark="navy", light="#ffffee")
    assert "\x1b[" in coloured.getvalue() and "\x1b[0m" in coloured.getvalue()
    assert len(coloured.getvalue().splitlines()) < len(out.getvalue().splitlines())


def test_show_opens_a_png_and_removes_it_later(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    later: list[object] = []

    class Timer:
        def __init__(self, seconds: float, function: object) -> None:
            later.extend([seconds, function])

        def start(self) -> None:
            later.append("started")

    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("threading.Timer", Timer)
    QR.show(3, border=2, dark="navy")
    path = Path(opened[0].removeprefix("file://"))
    assert path.suffix == ".png" and path.read_bytes() == QR.png(3, 2, dark="navy")
    seconds, remove, started = later
    assert (seconds, started) == (20, "started")
    remove()
    remove()
    assert not path.exists()
