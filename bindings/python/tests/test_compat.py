"""`qrmint.compat` does what qrcode and segno do, for the calls that it has."""

import builtins
import gzip
import io
import random
import re
import string
import sys
import xml.etree.ElementTree
from base64 import b64decode
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import qrmint
from qrmint.compat import qrcode, segno

URL = "https://example.com/badge/4711"


def contents() -> list[str]:
    chance = random.Random(4711)
    alphabets = [string.digits, string.ascii_uppercase, string.ascii_lowercase]
    lengths = [*range(1, 40), 200, 700]
    return ["".join(chance.choices(alphabet, k=length)) for alphabet in alphabets for length in lengths]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# qrcode


def test_the_shortcut_of_qrcode_makes_a_png() -> None:
    out = io.BytesIO()
    qrcode.make(URL).save(out)
    assert out.getvalue() == qrmint.make(URL.encode()).png(10)


def test_a_qrcode_is_collected_made_and_drawn(tmp_path: Path) -> None:
    qr = qrcode.QRCode(
        version=5, error_correction=qrcode.constants.ERROR_CORRECT_H, box_size=3, border=2, mask_pattern=6
    )
    qr.add_data("badge ")
    qr.add_data(b"4711")
    qr.make(fit=True)
    assert (qr.version, qr.modules_count) == (5, 37)
    image = qr.make_image(fill_color="Navy", back_color=(255, 255, 230))
    path = tmp_path / "badge"
    image.save(path)
    code = qrmint.make(b"badge 4711", "h", version=5, mask=6)
    assert path.read_bytes() == code.png(3, 2, dark="navy", light=(255, 255, 230))
    image.save(path, format="svg")
    assert path.read_text() == code.svg(3, 2, dark="navy", light=(255, 255, 230), xmldecl=True)


def test_the_constants_are_those_of_qrcode() -> None:
    theirs = pytest.importorskip("qrcode")
    for name in ("ERROR_CORRECT_L", "ERROR_CORRECT_M", "ERROR_CORRECT_Q", "ERROR_CORRECT_H"):
        assert getattr(qrcode, name) == getattr(qrcode.constants, name) == getattr(theirs, name)


def test_a_qrcode_is_theirs_module_for_module_under_the_same_mask() -> None:
    theirs = pytest.importorskip("qrcode")
    for number, content in enumerate(contents()):
        options: dict[str, Any] = {"mask_pattern": number % 8, "error_correction": number % 4, "border": number % 3}
        expected, actual = theirs.QRCode(**options), qrcode.QRCode(**options)
        expected.add_data(content, optimize=0)
        actual.add_data(content)
        assert actual.get_matrix() == expected.get_matrix(), content
        assert (actual.version, actual.modules_count) == (expected.version, expected.modules_count)


def test_ascii_art_is_theirs() -> None:
    theirs = pytest.importorskip("qrcode")
    for border in (0, 1, 4):
        for options in ({}, {"invert": True}, {"tty": True}):
            drawn = []
            for module in (theirs, qrcode):
                qr = module.QRCode(border=border, mask_pattern=1)
                qr.add_data("hello")
                out = Terminal()
                qr.print_ascii(out, **options)
                drawn.append(out.getvalue())
            assert drawn[0] == drawn[1]


def test_a_version_grows_only_if_it_may() -> None:
    qr = qrcode.QRCode(version=1)
    qr.add_data("abcdefghijklmno")
    with pytest.raises(qrcode.exceptions.DataOverflowError) as caught:
        qr.make(fit=False)
    assert isinstance(caught.value, qrmint.DataOverflowError) and caught.value.bytes == 15
    qr.make()
    assert qr.version == 2
    qr.clear()
    qr.add_data("a")
    qr.make()
    assert qr.version == 2


def test_text_is_stored_in_utf_8_without_announcement() -> None:
    qr = qrcode.QRCode(border=0, mask_pattern=0)
    qr.add_data("José, 10 €")
    code = qrmint.make("José, 10 €".encode(), mask=0)
    assert [bytes(row) for row in qr.get_matrix()] == rows(code)


def test_data_is_anything_that_has_a_text() -> None:
    for data, stored in [("7", b"7"), (7, b"7"), (Path("a"), b"a"), (b"\xff", b"\xff"), (bytearray(b"\xff"), b"\xff")]:
        qr = qrcode.QRCode(border=0, mask_pattern=0)
        qr.add_data(data)
        assert [bytes(row) for row in qr.get_matrix()] == rows(qrmint.make(stored, mask=0))
    for data in (None, object(), [b"a"].__iter__(), memoryview(b"a")):
        with pytest.raises(TypeError, match="no text"):
            qrcode.make(data)


def test_an_image_is_one_of_pillow_where_asked_for() -> None:
    pytest.importorskip("PIL")
    image = qrcode.make("hello", border=1)
    assert (image.width, image.pixel_size, image.size) == (21, 230, (230, 230))
    assert image.get_image() is image.get_image() and image.mode == "1"
    assert qrcode.QRCode().make_image(back_color="Transparent").get_image().mode == "RGBA"
    assert qrcode.QRCode().make_image(fill_color="#036").get_image().mode == "RGB"
    image.paste(0, (0, 0, 230, 230))
    out = io.BytesIO()
    image.save(out, "jpeg", quality=50)
    assert out.getvalue().startswith(b"\xff\xd8")


def test_pillow_is_needed_for_its_images_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "PIL"]:
        monkeypatch.delitem(sys.modules, name)
    original = builtins.__import__

    def without_pillow(name: str, *arguments: Any) -> ModuleType:
        if name == "PIL":
            raise ImportError(name)
        return original(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", without_pillow)
    image = qrcode.make("hello")
    image.save(io.BytesIO())
    with pytest.raises(ImportError, match="Pillow"):
        image.get_image()
    assert not hasattr(image, "resize")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"version": 41}, ValueError),
        ({"version": 0}, ValueError),
        ({"border": -1}, ValueError),
        ({"box_size": 0}, ValueError),
        ({"mask_pattern": 8}, ValueError),
        ({"mask_pattern": "1"}, TypeError),
        ({"error_correction": 4}, ValueError),
        ({"image_factory": object}, TypeError),
        ({"colour": "red"}, TypeError),
    ],
)
def test_wrong_arguments_of_qrcode_are_refused(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        qrcode.make("hello", **options)


def test_wrong_colours_are_refused_when_an_image_is_made() -> None:
    with pytest.raises(ValueError):
        qrcode.QRCode().make_image(fill_color="no colour")
    with pytest.raises(TypeError):
        qrcode.QRCode().make_image(module_drawer="circle")  # type: ignore[call-arg]


# segno


def test_segno_makes_a_code_with_its_own_defaults() -> None:
    qr = segno.make(URL)
    assert (qr.version, qr.error, qr.designator, qr.mode) == (2, "L", "2-L", "byte")
    assert segno.make("ABCDEF").designator == "1-H"
    assert segno.make("ABCDEF", boost_error=False).designator == "1-L"
    assert segno.make(12345, error="q", version="3", mask="5", boost_error=False).mask == 5
    assert qr == segno.make_qr(URL) and qr != segno.make_qr("other") and qr != qr.matrix
    assert (qr.symbol_size(), qr.symbol_size(2.5, 0), qr.default_border_size) == ((33, 33), (62.5, 62.5), 4)
    assert not qr.is_micro


def test_a_code_is_segnos_module_for_module_unless_segno_pads_with_zeros() -> None:
    theirs = pytest.importorskip("segno")
    same = 0
    for number, content in enumerate(contents()):
        options: dict[str, Any] = {"mask": number % 8, "error": "LMQH"[number % 4], "boost_error": number % 3 == 0}
        expected, actual = theirs.make_qr(content, **options), segno.make_qr(content, **options)
        assert (actual.designator, actual.mask, actual.mode) == (expected.designator, expected.mask, expected.mode)
        # The bits of mode, count and characters, and of the terminator. If they fill codewords, segno appends a zero.
        of_mode = {"numeric": (10, 12), "alphanumeric": (9, 11), "byte": (8, 16)}[actual.mode]
        of_count = of_mode[actual.version > 9]
        length = len(content)
        of_content = {
            "numeric": length // 3 * 10 + (0, 4, 7)[length % 3],
            "alphanumeric": length // 2 * 11 + length % 2 * 6,
            "byte": length * 8,
        }[actual.mode]
        if (4 + of_count + of_content + 4) % 8 != 0:
            assert actual.matrix == expected.matrix, content
            same += 1
    assert same > 50


def test_content_is_stored_as_segno_documents() -> None:
    cases: list[tuple[str | bytes | int, dict[str, Any], bytes]] = [
        ("José", {}, "José".encode("latin-1")),
        ("10 €", {}, "10 €".encode()),
        ("10 €", {"encoding": "iso-8859-15"}, b"10 \xa4"),
        ("José", {"encoding": "utf-8", "eci": True}, "José".encode()),
        (b"\xff\x00", {}, b"\xff\x00"),
        (-7, {}, b"-7"),
    ]
    for content, options, stored in cases:
        for boost_error in (True, False):
            qr = segno.make(content, boost_error=boost_error, mask=0, **options)
            eci = 26 if "eci" in options else None
            code = qrmint.make(stored, "l", boost_error=boost_error, mask=0, eci=eci)
            assert [bytes(row) for row in qr.matrix] == rows(code)
    assert segno.make("1", mode="byte", mask=0) != segno.make("1", mask=0)
    assert segno.make("1", mode="alphanumeric", mask=0) == segno.make("1", mask=0)
    # ISO 8859-1 needs no announcement.
    assert segno.make("é", eci=True, mask=0) == segno.make("é", mask=0)


def test_other_readers_read_the_content() -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    image = pytest.importorskip("PIL.Image")
    for content in ["4711", "HELLO", URL, "José", "10 €", "漢字"]:
        for qr in (segno.make(content), segno.make(content, encoding="utf-8", eci=True)):
            out = io.BytesIO()
            qr.save(out, "png", scale=4)
            assert zxingcpp.read_barcode(image.open(out)).text == content
        assert zxingcpp.read_barcode(qrcode.make(content).get_image()).text == content


def test_pictures_have_segnos_sizes() -> None:
    qr = segno.make("hello")
    png = picture(qr, "png", scale=3.9, border=1, dpi=300)
    assert png[16:24] == (23 * 3).to_bytes(4) * 2 and b"pHYs" in png
    assert (
        picture(qr, "png", dpi=0) == picture(qr, "png") == qrmint.make(b"hello", qr.error.lower(), mask=qr.mask).png(1)
    )  # type: ignore[arg-type]
    for scale, points in [(1, 29), (2, 58), (1.34, 38.86), (0.5, 14.5), (33.3, 965.7), (300, 8700)]:
        eps = picture(qr, "eps", scale=scale)
        pdf = picture(qr, "pdf", scale=scale)
        for box in (re.search(rb"HiResBoundingBox: 0 0 ([\d.]+)", eps), re.search(rb"MediaBox\[0 0 ([\d.]+)", pdf)):
            assert box is not None and float(box[1]) == pytest.approx(points, rel=1e-5)


def test_an_svg_has_segnos_attributes() -> None:
    qr = segno.make("hello")
    svg = xml.etree.ElementTree.fromstring(picture(qr, "svg", scale=2.5, unit="mm", title="<1>", desc="é", svgid="a"))
    assert svg.get("width") == svg.get("height") == "72.5mm"
    assert (svg.get("class"), svg.get("id")) == ("segno", "a")
    title, desc, path = svg
    assert (title.text, desc.text, path.get("class"), path.get("stroke")) == ("<1>", "é", "qrline", "#000")
    svg = xml.etree.ElementTree.fromstring(
        picture(qr, "svg", svgclass=None, lineclass='"', light="#fff8", omitsize=True, svgversion=1.1)
    )
    assert svg.keys() == ["version", "viewBox", "shape-rendering"]
    light, dark = svg
    assert light.get("fill") == "#fff" and light.get("class") is None and dark.get("class") == '"'
    latin = picture(qr, "svg", encoding="iso-8859-1", title="é€", nl=False)
    assert latin.startswith(b'<?xml version="1.0" encoding="iso-8859-1"?>\n<svg') and b"\xe9&#8364;</title>" in latin
    assert picture(qr, "svg", encoding=None).startswith(b'<?xml version="1.0"?>\n<svg')
    assert picture(qr, "svg", xmldecl=False).startswith(b"<svg xmlns=") and picture(qr, "svg").endswith(b"</svg>\n")
    assert gzip.decompress(picture(qr, "svgz", compresslevel=1)) == picture(qr, "svg")


def test_an_svg_shows_the_modules() -> None:
    for border in (0, 4):
        qr = segno.make(URL)
        path = re.search(r' d="M(.*?)"', qr.svg_inline(border=border))
        assert path is not None
        drawn = [bytearray(len(row)) for row in qr.matrix]
        x, y = -border, -border - 0.5
        for dx, dy, length in re.findall(r"(-?[\d.]+),(-?[\d.]+)h(\d+)", path[1]):
            x, y = x + int(dx), y + float(dy)
            drawn[int(y)][x : x + int(length)] = b"\1" * int(length)
            x += int(length)
        assert tuple(drawn) == qr.matrix


def test_inline_pictures_are_those_of_files() -> None:
    qr = segno.make("hello")
    svg = picture(qr, "svg", xmldecl=False, svgns=False, nl=False, scale=3, dark="red").decode()
    assert qr.svg_inline(scale=3, dark="red") == svg and svg.startswith('<svg width="87"')
    uri = qr.png_data_uri(scale=3, dark="red")
    assert b64decode(uri.removeprefix("data:image/png;base64,")) == picture(qr, "png", scale=3, dark="red")


def test_text_is_segnos() -> None:
    theirs = pytest.importorskip("segno")
    for style in ({}, {"border": 0}, {"border": 1, "dark": "#", "light": "."}):
        out = io.StringIO()
        theirs.make_qr("HELLO", mask=0).save(out, "txt", **style)
        assert picture(segno.make_qr("HELLO", mask=0), "txt", **style).decode() == out.getvalue()


def test_colours_are_read_as_segno_reads_them() -> None:
    qr = segno.make("hello")
    for color in ["red", "RED", "#f00", "f00", "#ff0000ff", "#f00f", (255, 0, 0), (1.0, 0.0, 0.0), (255, 0, 0, 1.0)]:
        assert picture(qr, "svg", dark=color) == picture(qr, "svg", dark="#ff0000"), color
    # Low contrast is the caller's business, as it is in segno.
    assert picture(qr, "png", dark="white", light="black")
    assert picture(qr, "png", dark="#eee")
    assert picture(qr, "png", light=None)


def test_a_name_tells_the_kind(tmp_path: Path) -> None:
    qr = segno.make("hello")
    starts = {"png": b"\x89PNG", "SVG": b"<?xml", "svgz": b"\x1f\x8b", "pdf": b"%PDF", "eps": b"%!PS", "txt": b"0000"}
    for extension, start in starts.items():
        for path in (tmp_path / f"a.b.{extension}", str(tmp_path / f"c.{extension}")):
            qr.save(path)
            assert Path(path).read_bytes().startswith(start)
        with open(tmp_path / f"d.{extension}", "w" if extension in ("eps", "txt") else "wb") as file:
            qr.save(file)
        assert Path(file.name).read_bytes() == Path(path).read_bytes()
    for name in ("picture", "picture.pbm"):
        with pytest.raises(ValueError, match="kind"):
            qr.save(tmp_path / name)
    with pytest.raises(ValueError, match="kind"):
        qr.save(io.BytesIO())
    assert not (tmp_path / "picture").exists()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"micro": True}, ValueError),
        ({"version": "M3"}, ValueError),
        ({"version": 41}, ValueError),
        ({"version": object()}, ValueError),
        ({"error": "x"}, ValueError),
        ({"mask": 8}, ValueError),
        ({"mask": "a"}, ValueError),
        ({"mode": "kanji"}, ValueError),
        ({"mode": "numeric"}, ValueError),
        ({"encoding": "ascii"}, UnicodeEncodeError),
        ({"encoding": "koi8-r", "eci": True, "content": "а"}, ValueError),
        ({"encoding": "no encoding"}, LookupError),
        ({"version": 1, "content": "a" * 18}, segno.DataOverflowError),
        ({"content": ["a", "b"]}, TypeError),
        ({"colour": "red"}, TypeError),
    ],
)
def test_wrong_arguments_of_segno_are_refused(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        segno.make(**{"content": "é", **options})


@pytest.mark.parametrize(
    ("kind", "style", "error"),
    [
        ("png", {"finder_dark": "red"}, TypeError),
        ("png", {"svgid": "a"}, TypeError),
        ("png", {"dpi": -1}, ValueError),
        ("png", {"scale": 0}, ValueError),
        ("png", {"scale": 256}, ValueError),
        ("png", {"border": 1.5}, ValueError),
        ("png", {"border": -1}, ValueError),
        ("png", {"dark": "#12345"}, ValueError),
        ("png", {"dark": None}, ValueError),
        ("png", {"light": (0, 0, 256)}, ValueError),
        ("eps", {"light": (0.1, 1.1, 0.1)}, ValueError),
        ("svg", {"unit": "mm", "omitsize": True}, ValueError),
        ("svg", {"unit": '"'}, ValueError),
        ("svg", {"scale": float("nan")}, ValueError),
        ("pdf", {"scale": -1}, ValueError),
        ("txt", {"scale": 2}, TypeError),
    ],
)
def test_wrong_styles_of_segno_are_refused(kind: str, style: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        picture(segno.make("hello"), kind, **style)


def picture(qr: segno.QRCode, kind: str, **style: Any) -> bytes:
    if kind in ("eps", "txt"):
        text = io.StringIO()
        qr.save(text, kind, **style)
        return text.getvalue().encode()
    out = io.BytesIO()
    qr.save(out, kind, **style)
    return out.getvalue()


def rows(code: qrmint.QRCode) -> list[bytes]:
    modules = code.matrix.tobytes()
    return [modules[start : start + code.size] for start in range(0, len(modules), code.size)]
