"""Stands in for `segno` 1.6.6: write `from qrmint.compat import segno` in place of `import segno`.

>>> from qrmint.compat import segno
>>> segno.make("hello").save("hello.svg", scale=4, dark="navy")
"""

import codecs
import gzip
import math
import re
from base64 import b64encode
from collections.abc import Callable
from os import PathLike, fspath
from typing import Any, Literal, Protocol, TypeAlias, TypedDict, Unpack, cast
from xml.sax.saxutils import quoteattr

from qrmint import DataOverflowError
from qrmint import QRCode as Code
from qrmint import make as make_code
from qrmint._files import write_path

__all__ = ["DataOverflowError", "QRCode", "make", "make_qr"]

Mode: TypeAlias = Literal["numeric", "alphanumeric", "byte"]

Color: TypeAlias = str | tuple[float, float, float] | tuple[float, float, float, float]
"""A name of CSS, hexadecimal digits, or numbers: integers from 0 to 255, floats from 0 to 1."""


class _PngStyle(TypedDict, total=False):
    scale: float
    """Pixels per module, a whole number from 1 to 255; a fraction is cut off. 1 unless given."""
    border: int | None
    """The quiet zone in modules, 0 to 255. 4 unless given."""
    dark: Color
    """Of dark modules. Black unless given."""
    light: Color | None
    """Of light modules and border; None is transparent. White unless given."""
    dpi: int | None
    """Tells programs how large to print."""
    compresslevel: int
    """Has no effect: the picture is the same, and small."""


class _SvgInlineStyle(TypedDict, total=False):
    scale: float
    """The length of a module in `unit`. 1 unless given."""
    border: int | None
    dark: Color
    light: Color | None
    """None unless given."""
    title: str | None
    desc: str | None
    svgid: str | None
    svgclass: str | None
    """The class of the svg element. "segno" unless given."""
    lineclass: str | None
    """The class of the path of dark modules. "qrline" unless given."""
    omitsize: bool
    """Leaves width and height away."""
    unit: str | None
    """Of width and height: em, ex, px, pt, pc, cm, mm, in or %."""
    encoding: str | None
    """Of the file, and of its XML declaration unless None. UTF-8 unless given."""
    svgversion: float | None
    """The attribute `version`, for versions before 2."""


class _SvgStyle(_SvgInlineStyle, total=False):
    xmldecl: bool
    svgns: bool
    nl: bool
    """Ends with a line feed."""


class _Style(_SvgStyle, total=False):
    dpi: int | None
    compresslevel: int


class _Writer(Protocol):
    def write(self, data: bytes, /) -> object: ...


class _TextWriter(Protocol):
    def write(self, text: str, /) -> object: ...


def make(
    content: str | bytes | int,
    error: str | None = None,
    version: int | str | None = None,
    mode: str | None = None,
    mask: int | str | None = None,
    encoding: str | None = None,
    eci: bool = False,
    micro: bool | None = None,
    boost_error: bool = True,
) -> "QRCode":
    """Makes a QR code, never a Micro QR code: `micro=True` is a ValueError.

    Text is stored in `encoding`; without, in ISO 8859-1, or in UTF-8 if ISO 8859-1 lacks a character. `eci` announces
    the encoding unless it is ISO 8859-1. `mode` has to fit the content; unless it is "byte", parts of the content may
    be stored in a mode that takes fewer bits.

    Raises DataOverflowError if the content does not fit, ValueError for what is not supported.

    >>> make("hello", error="q", boost_error=False).designator
    '1-Q'
    """
    if micro:
        raise ValueError("micro is True, but Micro QR versions are not supported")
    data, encoding = _encoded(content, encoding)
    stored = _mode(data, mode)
    code = make_code(
        data,
        _level(error),
        version=_version(version),
        mask=None if mask is None else int(mask),
        boost_error=boost_error,
        eci=_eci(encoding) if eci and stored == "byte" else None,
        segmentation="optimal" if mode is None or stored != "byte" else "bytes",
    )
    return QRCode(code, stored)


def make_qr(
    content: str | bytes | int,
    error: str | None = None,
    version: int | str | None = None,
    mode: str | None = None,
    mask: int | str | None = None,
    encoding: str | None = None,
    eci: bool = False,
    boost_error: bool = True,
) -> "QRCode":
    """Makes a QR code, as `make` does."""
    return make(content, error, version, mode, mask, encoding, eci, False, boost_error)


class QRCode:
    """A QR code. `make` creates it."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, code: Code, mode: Mode) -> None:
        self._code = code
        self.mode = mode
        """The mode of fewest bits that fits all of the content."""
        modules = code.matrix.tobytes()
        rows = range(0, len(modules), code.size)
        self.matrix = tuple(bytearray(modules[start : start + code.size]) for start in rows)
        """The modules, row by row, without border; 1 is dark."""

    @property
    def version(self) -> int:
        """The version, 1 to 40."""
        return self._code.version

    @property
    def error(self) -> str:
        """The error-correction level, L, M, Q or H."""
        return self._code.error

    @property
    def mask(self) -> int:
        """The mask, 0 to 7."""
        return self._code.mask

    @property
    def designator(self) -> str:
        """Version and level, such as "7-Q"."""
        return self._code.designator

    @property
    def default_border_size(self) -> int:
        """The border in modules unless another is given: 4."""
        return 4

    @property
    def is_micro(self) -> bool:
        """Always False."""
        return False

    def symbol_size(self, scale: float = 1, border: int | None = None) -> tuple[float, float]:
        """Returns width and height, border included."""
        side = (self._code.size + 2 * _border(border)) * scale
        return side, side

    def save(
        self, out: str | PathLike[str] | _Writer | _TextWriter, kind: str | None = None, **style: Unpack[_Style]
    ) -> None:
        """Writes a picture to a file or a file object: png, svg, svgz, pdf, eps or txt.

        The extension of its name tells the kind unless `kind` does. A text file gets eps and txt, a binary one the
        others. A keyword that the kind does not have is a TypeError.
        """
        if kind is None:
            name = getattr(out, "name", out)
            kind = fspath(name).rpartition(".")[2] if isinstance(name, (str, PathLike)) else ""
        kinds: dict[str, Callable[..., bytes | str]] = {
            "png": self._png,
            "svg": self._svg,
            "svgz": self._svgz,
            "pdf": self._pdf,
            "eps": self._eps,
            "txt": self._txt,
        }
        draw = kinds.get(kind.lower())
        if draw is None:
            raise ValueError(f"unknown kind {kind!r}, must be one of {', '.join(kinds)}")
        picture = draw(**style)
        if isinstance(out, (str, PathLike)):
            write_path(fspath(out), picture.encode() if isinstance(picture, str) else picture)
        else:
            cast(Any, out).write(picture)

    def svg_inline(self, **style: Unpack[_SvgInlineStyle]) -> str:
        """Returns an SVG to embed in HTML: without XML declaration, namespace and line feed."""
        svg = self._svg(xmldecl=False, svgns=False, nl=False, **style)
        return svg.decode(style.get("encoding") or "utf-8")

    def png_data_uri(self, **style: Unpack[_PngStyle]) -> str:
        """Returns a PNG as a data URI."""
        return f"data:image/png;base64,{b64encode(self._png(**style)).decode()}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, QRCode) and self.matrix == other.matrix

    def _png(
        self,
        *,
        scale: float = 1,
        border: int | None = None,
        dark: Color = "#000",
        light: Color | None = "#fff",
        dpi: int | None = None,
        compresslevel: int = 9,
    ) -> bytes:
        resolution: dict[str, Any] = {"dpi": int(dpi)} if dpi else {}
        return self._code.png(int(scale), _border(border), **_colors(dark, light), **resolution)

    def _svg(
        self,
        *,
        scale: float = 1,
        border: int | None = None,
        dark: Color = "#000",
        light: Color | None = None,
        xmldecl: bool = True,
        svgns: bool = True,
        title: str | None = None,
        desc: str | None = None,
        svgid: str | None = None,
        svgclass: str | None = "segno",
        lineclass: str | None = "qrline",
        omitsize: bool = False,
        unit: str | None = None,
        encoding: str | None = "utf-8",
        svgversion: float | None = None,
        nl: bool = True,
    ) -> bytes:
        texts = {"title": title, "desc": desc, "svgid": svgid, "svgclass": svgclass}
        given: dict[str, Any] = {name: text for name, text in texts.items() if text}
        svg = self._code.svg_inline(1, _border(border), omitsize=True, **_colors(dark, light), **given).rstrip("\n")

        namespace = ' xmlns="http://www.w3.org/2000/svg"'
        attributes = namespace if svgns else ""
        if svgversion is not None and svgversion < 2:
            attributes += f' version="{svgversion}"'
        if unit and unit not in ("em", "ex", "px", "pt", "pc", "cm", "mm", "in", "%"):
            raise ValueError(f"unit is {unit!r}, must be em, ex, px, pt, pc, cm, mm, in or %")
        if not omitsize:
            width, height = (f"{side:.6f}".rstrip("0").rstrip(".") for side in self.symbol_size(_scale(scale), border))
            attributes += f' width="{width}{unit or ""}" height="{height}{unit or ""}"'
        elif unit:
            raise ValueError("omitsize leaves nothing that could have a unit")
        svg = svg.replace(namespace, attributes, 1)
        if lineclass:
            svg = svg.replace("<path stroke=", f"<path class={quoteattr(lineclass)} stroke=", 1)
        if xmldecl:
            declared = "" if encoding is None else f" encoding={quoteattr(encoding)}"
            svg = f'<?xml version="1.0"{declared}?>\n{svg}'
        return (svg + "\n" * nl).encode(encoding or "utf-8", "xmlcharrefreplace")

    def _svgz(self, *, compresslevel: int = 9, **style: Unpack[_SvgStyle]) -> bytes:
        return gzip.compress(self._svg(**style), compresslevel, mtime=0)

    def _pdf(
        self,
        *,
        scale: float = 1,
        border: int | None = None,
        dark: Color = "#000",
        light: Color | None = None,
        compresslevel: int = 9,
    ) -> bytes:
        return self._code.pdf(border=_border(border), **_points(scale), **_colors(dark, light))

    def _eps(
        self, *, scale: float = 1, border: int | None = None, dark: Color = "#000", light: Color | None = None
    ) -> str:
        return self._code.eps(border=_border(border), **_points(scale), **_colors(dark, light)).decode()

    def _txt(self, *, border: int | None = None, dark: str = "1", light: str = "0") -> str:
        quiet = _border(border)
        margin = str(light) * quiet
        lines = [margin + "".join(str(dark) if module else str(light) for module in row) + margin for row in self.matrix]
        above = [str(light) * (len(self.matrix) + 2 * quiet)] * quiet
        return "".join(f"{line}\n" for line in above + lines + above)


_LEVELS: tuple[Literal["L", "M", "Q", "H"], ...] = ("L", "M", "Q", "H")
_MODES = ("numeric", "alphanumeric", "byte")


def _encoded(content: str | bytes | int, encoding: str | None) -> tuple[bytes, str]:
    """Returns the content as bytes, and their encoding."""
    if isinstance(content, bytes):
        return content, encoding or "iso8859-1"
    if not isinstance(content, (str, int)):
        raise TypeError(f"content is of type {type(content).__name__}, must be str, bytes or int")
    text = str(content)
    if encoding is not None:
        return text.encode(encoding), encoding
    try:
        return text.encode("iso8859-1"), "iso8859-1"
    except UnicodeEncodeError:
        return text.encode(), "utf-8"


def _mode(data: bytes, wanted: str | None) -> Mode:
    """Returns the first mode that fits all of the data, or byte if that is wanted."""
    is_alphanumeric = re.fullmatch(rb"[0-9A-Z $%*+./:-]+", data) is not None
    first: Mode = "numeric" if data.isdigit() else "alphanumeric" if is_alphanumeric else "byte"
    if wanted is None:
        return first
    mode = str(wanted).lower()
    if mode not in _MODES:
        raise ValueError(f"mode is {wanted!r}, must be one of {', '.join(_MODES)}")
    if _MODES.index(mode) < _MODES.index(first):
        raise ValueError(f"mode {mode} does not have all characters of the content, {first} does")
    return "byte" if mode == "byte" else first


def _level(error: str | None) -> Literal["L", "M", "Q", "H"]:
    if error is None:
        return "L"
    for level in _LEVELS:
        if level == str(error).upper():
            return level
    raise ValueError(f"illegal error correction level {error!r}, must be one of {', '.join(_LEVELS)}")


def _version(version: int | str | None) -> int | None:
    if version is None:
        return None
    try:
        number = int(version)
    except (TypeError, ValueError):
        number = 0
    if not 1 <= number <= 40:
        raise ValueError(f"version is {version!r}, must be 1 to 40; Micro QR versions are not supported")
    return number


def _eci(encoding: str) -> int | None:
    """Returns the number by which ECI announces an encoding; None for ISO 8859-1, which needs none."""
    name = codecs.lookup(encoding).name
    if name == "iso8859-1":
        return None
    number = _ECI.get(name)
    if number is None:
        raise ValueError(f"encoding {encoding} has no ECI")
    return number


_ECI = {
    "cp437": 2,
    **{f"iso8859-{part}": part + 2 for part in range(2, 17)},
    "shift_jis": 20,
    "cp1250": 21,
    "cp1251": 22,
    "cp1252": 23,
    "cp1256": 24,
    "utf-16-be": 25,
    "utf-8": 26,
    "ascii": 27,
    "big5": 28,
    "gb2312": 29,
    "euc_kr": 30,
    "gbk": 31,
    "gb18030": 32,
}
"""The numbers of the register of AIM, by Python's names of the encodings."""


def _border(border: int | None) -> int:
    if border is None:
        return 4
    if border < 0 or int(border) != border:
        raise ValueError(f"border is {border}, must be a whole number, 0 or more")
    return int(border)


def _scale(scale: float) -> float:
    if not 0 < scale < math.inf:
        raise ValueError(f"scale is {scale}, must be more than 0")
    return scale


def _points(scale: float) -> dict[str, Any]:
    """Returns the style in which a module is as many points of 1/72 inch, to 1/100 point."""
    return {"module_size": f"{_scale(scale) / 72}in", "dpi": 7200}


def _colors(dark: Color, light: Color | None) -> dict[str, Any]:
    if dark is None:
        raise ValueError("dark is None, but only light modules can be transparent")
    return {"dark": _color(dark), "light": None if light is None else _color(light), "unsafe_colors": True}


def _color(color: Color) -> str | tuple[int, ...]:
    if isinstance(color, str):
        return color
    numbers = tuple(round(255 * number) if isinstance(number, float) else number for number in color)
    if len(numbers) not in (3, 4) or not all(0 <= number <= 255 for number in numbers):
        raise ValueError(f"color is {color!r}, must be 3 or 4 integers from 0 to 255 or floats from 0 to 1")
    return numbers
