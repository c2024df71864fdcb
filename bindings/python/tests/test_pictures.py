"""Pictures of one code: what each format draws, which keywords it has, and what it refuses."""

import base64
import io
import re
import struct
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

import numpy
import pytest
import qrmint
import zxingcpp
from PIL import Image

QR = qrmint.make("https://example.com/badge/4711")
SVG = "{http://www.w3.org/2000/svg}"

PAPER = {"pixels": 400, "module_size": "0.5mm", "side": "30mm", "dpi": 600}
COLORS = {"dark": "#003366", "light": None, "unsafe_colors": True}
SIZE = {"scale": 3, "border": 2}
INLINE = {"svgid": "i", "svgclass": "c", "omitsize": True, "unit": "mm", "current_color": True}
TITLES = {"title": "Badge", "desc": "A badge"}
ALL = {**PAPER, **COLORS, **SIZE, **INLINE, **TITLES, "xmldecl": True, "created": 0, "invert": True}

KEYWORDS: dict[str, dict[str, object]] = {
    "png": {**SIZE, **PAPER, **COLORS, **TITLES},
    "svg": {**SIZE, **PAPER, **COLORS, **TITLES, **INLINE, "xmldecl": True},
    "svg_inline": {**SIZE, **PAPER, **COLORS, **TITLES, **INLINE},
    "pdf": {**SIZE, **PAPER, **COLORS, **TITLES, "created": 0},
    "eps": {**SIZE, **PAPER, **COLORS, "title": "Badge", "created": 0},
    "zpl": {**SIZE, **PAPER},
    "text": {"border": 2, "invert": True},
    "png_data_uri": {**SIZE, **PAPER, **COLORS, **TITLES},
    "svg_data_uri": {**SIZE, **PAPER, **COLORS, **TITLES, **INLINE, "xmldecl": True},
    "terminal": {"border": 2, **COLORS},
    "show": {**SIZE, **PAPER, **COLORS, **TITLES},
}


def method(name: str) -> Callable[..., object]:
    if name == "terminal":
        return lambda **style: QR.terminal(io.StringIO(), **style)
    return getattr(QR, name)


def image(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def read(png: bytes) -> list[zxingcpp.Barcode]:
    return list(zxingcpp.read_barcodes(image(png).convert("L"), zxingcpp.BarcodeFormat.QRCode))


def chunk(png: bytes, kind: bytes) -> bytes:
    start = png.index(kind)
    (length,) = struct.unpack(">I", png[start - 4 : start])
    return png[start + 4 : start + 4 + length]


# Which keywords


@pytest.mark.parametrize(("name", "keyword"), [(name, word) for name, words in KEYWORDS.items() for word in words])
def test_a_method_has_the_keywords_of_its_format(name: str, keyword: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qrmint._viewer.show", lambda picture: None)
    method(name)(**{keyword: KEYWORDS[name][keyword]})


@pytest.mark.parametrize(
    ("name", "keyword"), [(name, word) for name in KEYWORDS for word in {*ALL, "other"} - {*KEYWORDS[name]}]
)
def test_a_method_refuses_the_keywords_of_other_formats(name: str, keyword: str) -> None:
    with pytest.raises(TypeError) as caught:
        method(name)(**{keyword: ALL.get(keyword)})
    assert f"'{keyword}'" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("png", "png"), ("svg", "svg"), ("pdf", "pdf"), ("eps", "eps"), ("zpl", "zpl"), ("txt", "text")],
)
def test_save_and_make_many_have_the_keywords_of_the_method_that_draws(kind: str, name: str) -> None:
    for keyword in [*ALL, "other"]:
        style = {keyword: ALL.get(keyword)}
        if keyword in KEYWORDS[name]:
            out = io.BytesIO()
            QR.save(out, kind, **style)
            expected = method(name)(**style)
            assert out.getvalue() == (expected.encode() if isinstance(expected, str) else expected)
            assert qrmint.make_many([QR.content()], kind=kind, **style) == [out.getvalue()]
        else:
            with pytest.raises(TypeError, match=rf"^save\(\) got .*'{keyword}'"):
                QR.save(io.BytesIO(), kind, **style)
            with pytest.raises(TypeError, match=rf"^make_many\(\) got .*'{keyword}'"):
                qrmint.make_many([], kind=kind, **style)


def test_the_messages_for_keywords() -> None:
    for draw, message in [
        (lambda: QR.png(svgid="i"), "png() got a keyword argument 'svgid' that png does not have"),
        (lambda: QR.png(unit="nothing"), "png() got a keyword argument 'unit' that png does not have"),
        (lambda: QR.svg_inline(xmldecl=True), "svg_inline() got a keyword argument 'xmldecl' that it does not have"),
        (lambda: QR.png(colour="red"), "png() got an unexpected keyword argument 'colour'"),
        (lambda: QR.png(8, 4, "red"), "QRCode.png() takes from 0 to 2 positional arguments but 3 were given"),
        (lambda: QR.png(8, scale=8), "QRCode.png() got multiple values for argument 'scale'"),
    ]:
        with pytest.raises(TypeError) as caught:
            draw()
        assert str(caught.value) == message


# Sizes


@pytest.mark.parametrize(("scale", "border"), [(1, 0), (1, 4), (3, 2), (8, 4), (255, 0), (2, 255)])
def test_a_png_is_the_matrix_enlarged_within_a_border(scale: int, border: int) -> None:
    modules = numpy.pad(numpy.asarray(QR.matrix), border)
    expected = numpy.kron(1 - modules, numpy.ones((scale, scale), dtype=numpy.uint8)) * 255
    png = QR.png(scale, border)
    assert png == QR.png(scale=scale, border=border)
    assert (numpy.asarray(image(png).convert("L")) == expected).all()


def test_the_defaults_are_8_pixels_and_a_border_of_4() -> None:
    assert QR.png() == QR.png(8, 4) == QR.png(scale=None, border=None, title=None, dpi=None)
    assert image(QR.png()).size == (8 * (QR.size + 8),) * 2
    assert QR.svg() == QR.svg(8, 4, dark="black", light="white", unit="px")
    assert QR.text() == QR.text(4)


def test_pixels_are_exact() -> None:
    assert image(QR.png(pixels=400)).size == (400, 400)
    assert ElementTree.fromstring(QR.svg(pixels=400)).get("width") == "400"


def test_a_length_on_paper_gives_pixels_and_resolution() -> None:
    png = QR.png(side="50.8mm", dpi=300)
    assert image(png).size == (600, 600)
    assert struct.unpack(">IIB", chunk(png, b"pHYs")) == (11811, 11811, 1)
    assert QR.png(side="50.8mm") == QR.png(side="2in") == QR.png(side="2in", dpi=300) == png
    assert image(QR.png(module_size="0.5mm", dpi=254)).size == (5 * (QR.size + 8),) * 2
    assert image(QR.png(scale=3, dpi=254)).info["dpi"] == pytest.approx((254, 254), abs=0.1)
    assert image(QR.png(pixels=300, dpi=300)).size == (300, 300)
    assert "dpi" not in image(QR.png()).info


def test_an_svg_has_the_length_that_was_asked_for() -> None:
    root = ElementTree.fromstring(QR.svg(side="50.8mm", dpi=300))
    assert (root.get("width"), root.get("height")) == ("50.8mm", "50.8mm")
    assert ElementTree.fromstring(QR.svg(3)).get("width") == str(3 * (QR.size + 8))
    assert ElementTree.fromstring(QR.svg(side="2in", unit="in")).get("width") == "2in"
    assert ElementTree.fromstring(QR.svg(side="2in", unit="pt")).get("width") == "144pt"
    assert ElementTree.fromstring(QR.svg(omitsize=True)).get("width") is None


def test_a_pdf_and_an_eps_have_the_length_that_was_asked_for() -> None:
    # A page is rounded down, so that no program makes another pixel of it.
    assert b"/MediaBox[0 0 143.99994 143.99994]" in QR.pdf(side="2in")
    assert b"%%BoundingBox: 0 0 144 144\n" in QR.eps(side="2in")


@pytest.mark.parametrize(
    ("style", "error", "message"),
    [
        ({"scale": 0}, ValueError, "scale must be from 1 to 255, not 0"),
        ({"scale": 256}, ValueError, "scale must be from 1 to 255, not 256"),
        ({"scale": 2.5}, TypeError, "scale must be int, not float"),
        ({"border": -1}, ValueError, "border must be from 0 to 255, not -1"),
        ({"border": 256}, ValueError, "border must be from 0 to 255, not 256"),
        ({"dpi": 10_001}, ValueError, "dpi must be from 1 to 10000, not 10001"),
        ({"pixels": 0}, ValueError, "pixels must be from 1 to 4294967295, not 0"),
        ({"pixels": 36}, ValueError, "too small: 36 x 36 pixels, at least 37 x 37 pixels"),
        ({"pixels": 23161}, ValueError, "image too large: 23161 x 23161 pixels, at most 23160 x 23160"),
        (
            {"side": "0mm"},
            ValueError,
            "side: expected a length from 0.001mm to 10000mm, such as 0.5mm or 2in, not '0mm'",
        ),
        ({"side": 30}, TypeError, "side must be str, not int"),
        ({"scale": 8, "side": "30mm"}, TypeError, "give only one of scale, pixels, module_size and side"),
        ({"pixels": 400, "module_size": "1mm"}, TypeError, "give only one of scale, pixels, module_size and side"),
    ],
)
def test_a_wrong_size_is_refused(style: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        QR.png(**style)
    assert (type(caught.value), str(caught.value)) == (error, message)


# Colours


@pytest.mark.parametrize(
    "dark",
    [
        "#036",
        "#003366",
        "#003366ff",
        "#036F",
        "rgb(0, 51, 102)",
        (0, 51, 102),
        (0, 51, 102, 255),
        (numpy.uint8(0), 51, 102),
    ],
)
def test_every_notation_of_a_colour(dark: str | tuple[int, int, int]) -> None:
    assert QR.png(dark=dark) == QR.png(dark="#003366")
    corner = image(QR.png(dark=dark, border=0)).convert("RGBA").getpixel((0, 0))
    assert corner == (0, 51, 102, 255)


def test_names_of_css_are_colours_in_any_case() -> None:
    assert QR.svg(dark="navy") == QR.svg(dark="NAVY") == QR.svg(dark="#000080") != QR.svg()


def test_light_none_is_transparent() -> None:
    assert image(QR.png(light=None)).convert("RGBA").getpixel((0, 0))[3] == 0
    assert image(QR.png()).convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)
    assert len(ElementTree.fromstring(QR.svg(light=None))) == len(ElementTree.fromstring(QR.svg())) - 1
    assert image(QR.png(light="transparent")).convert("RGBA").getpixel((0, 0))[3] == 0


def test_colours_that_readers_fail_on_are_refused_unless_allowed() -> None:
    for style, message in [
        ({"dark": "#ff6600"}, "contrast 2.9:1, at least 3.0:1"),
        ({"dark": "white", "light": "black"}, "inverted: dark modules are lighter than light ones"),
    ]:
        for name in ["png", "svg", "svg_inline", "pdf", "eps", "png_data_uri", "svg_data_uri", "terminal"]:
            with pytest.raises(ValueError) as caught:
                method(name)(**style)
            assert str(caught.value) == message
            method(name)(**style, unsafe_colors=True)


@pytest.mark.parametrize(
    ("style", "error", "message"),
    [
        (
            {"dark": "nocolour"},
            ValueError,
            "dark must be a colour such as '#003366', 'navy' or (0, 51, 102), not 'nocolour'",
        ),
        ({"light": (0, 0)}, ValueError, "light must be a colour such as '#003366', 'navy' or (0, 51, 102), not (0, 0)"),
        ({"dark": (0, 0, 256)}, ValueError, "dark must be from 0 to 255, not 256"),
        ({"dark": (0, 0, 0.5)}, TypeError, "dark must be int, not float"),
        ({"dark": None}, TypeError, "dark must be str or tuple, not NoneType"),
        ({"dark": [0, 0, 0]}, TypeError, "dark must be str or tuple, not list"),
        ({"unsafe_colors": 1}, TypeError, "unsafe_colors must be bool, not int"),
    ],
)
def test_a_wrong_colour_is_refused(style: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        QR.svg(**style)
    assert (type(caught.value), str(caught.value)) == (error, message)


# Formats


@pytest.mark.parametrize(
    "content", ["1", "HELLO WORLD", "https://example.com/badge/4711", "Grüße aus Köln", "日本語", "😀", "x" * 1000]
)
@pytest.mark.parametrize("style", [{}, {"scale": 3, "dark": "#003366"}, {"pixels": 800, "border": 6}])
def test_a_reader_reads_the_png(content: str, style: dict[str, object]) -> None:
    png = qrmint.make(content).png(**style)
    (barcode,) = read(png)
    assert barcode.text == content


def test_a_reader_reads_bytes_as_their_interpretation_says() -> None:
    (barcode,) = read(qrmint.make("Grüße".encode("cp1252"), eci=23).png())
    assert barcode.text == "Grüße"


def test_a_png_has_one_bit_per_pixel() -> None:
    for style in [{}, {"dark": "navy"}, {"light": None}]:
        width, height, depth = struct.unpack(">IIB", chunk(QR.png(**style), b"IHDR")[:9])
        assert (width, height, depth) == (296, 296, 1)


def test_titles_are_in_every_format_that_has_them() -> None:
    title, desc = 'Ünï "<&>" \\()', "Zweite Zeile"
    png = image(QR.png(title=title, desc=desc))
    assert (png.info["Title"], png.info["Description"]) == (title, desc)
    for svg in [QR.svg(title=title, desc=desc), QR.svg_inline(title=title, desc=desc)]:
        root = ElementTree.fromstring(svg)
        assert (root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")) == (title, desc)
    assert b"/Title<feff" + title.encode("utf-16-be").hex().encode() in QR.pdf(title=title).lower().replace(
        b"/title", b"/Title"
    )
    assert b"%%Title: (Badge)" in QR.eps(title="Badge")


def test_a_date_is_in_pdf_and_eps_alone_if_given() -> None:
    assert b"19700102000000" in QR.pdf(created=86_400)
    assert b"%%CreationDate" in QR.eps(created=86_400)
    assert b"CreationDate" not in QR.pdf() and b"CreationDate" not in QR.eps()
    with pytest.raises(ValueError, match="^created must be from 0 to 253402300799, not -1$"):
        QR.pdf(created=-1)


def test_svg_is_xml_and_has_what_its_keywords_say() -> None:
    assert QR.svg(xmldecl=True).startswith("<?xml")
    assert QR.svg().startswith("<svg") and QR.svg_inline().startswith("<svg")
    root = ElementTree.fromstring(QR.svg_inline(svgid='a"&', svgclass="b c", current_color=True))
    assert (root.tag, root.get("id"), root.get("class")) == (f"{SVG}svg", 'a"&', "b c")
    assert "currentColor" in [path.get("stroke") for path in root]
    with pytest.raises(ValueError, match="^unit must be 'mm', 'in', 'pt' or 'px', not 'cm'$"):
        QR.svg(unit="cm")


def test_the_other_formats_begin_and_end_as_they_must() -> None:
    assert QR.pdf().startswith(b"%PDF-1.") and QR.pdf().rstrip().endswith(b"%%EOF")
    assert QR.eps().startswith(b"%!PS-Adobe-3.0 EPSF-3.0\n") and b"%%EOF" in QR.eps()
    assert QR.zpl().startswith(b"^XA") and QR.zpl().rstrip().endswith(b"^XZ")


def test_data_uris_hold_the_same_bytes() -> None:
    style = {"scale": 3, "dark": "navy", "title": "Ü & 100 %"}
    head, data = QR.png_data_uri(**style).split(",", 1)
    assert (head, base64.b64decode(data)) == ("data:image/png;base64", QR.png(**style))
    head, data = QR.svg_data_uri(**style).split(",", 1)
    assert head.startswith("data:image/svg+xml")
    svg = base64.b64decode(data) if head.endswith(";base64") else unquote_to_bytes(data)
    assert ElementTree.canonicalize(svg.decode()) == ElementTree.canonicalize(QR.svg(**style))


def test_text_is_two_rows_of_modules_a_line() -> None:
    def modules(text: str, light: bool) -> list[list[bool]]:
        halves = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
        lines = text.rstrip("\n").split("\n")
        rows = [[halves[mark][half] == light for mark in line.ljust(QR.size)] for line in lines for half in (0, 1)]
        return rows[: QR.size]

    dark = numpy.asarray(QR.matrix).astype(bool).tolist()
    assert modules(QR.text(0), False) == dark
    assert modules(QR.text(0, invert=True), True) == dark
    assert "\x1b" not in QR.text()
    assert len(QR.text(border=2).splitlines()) == (QR.size + 4 + 1) // 2


def test_notebooks_get_png_and_svg() -> None:
    assert QR._repr_png_() == QR.png()
    assert QR._repr_svg_() == QR.svg_inline()
    assert not hasattr(QR, "_repr_html_")


def test_the_same_content_makes_the_same_bytes() -> None:
    again = qrmint.make("https://example.com/badge/4711")
    for name in ["png", "svg", "svg_inline", "pdf", "eps", "zpl", "text", "png_data_uri", "svg_data_uri"]:
        assert getattr(again, name)() == getattr(QR, name)()
    assert re.fullmatch(r"data:image/png;base64,[A-Za-z0-9+/]+=*", QR.png_data_uri())
