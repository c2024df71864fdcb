"""QR codes: text or bytes in, PNG, SVG, PDF, EPS, ZPL or text out. Written in Rust, without dependencies.

>>> import qrmint
>>> qr = qrmint.make("https://example.com/badge/4711")
>>> png: bytes = qr.png()
>>> qr.save("badge.svg", side="30mm", title="Badge 4711")
"""

from collections.abc import Iterable
from os import PathLike
from typing import Literal, Protocol, TypedDict, Unpack, final

from . import arrow
from .types import Color, Details, Kind, Level, Segmentation

__all__ = ["DataOverflowError", "QRCode", "__version__", "arrow", "details", "make", "make_many"]

__version__: str

class _Paper(TypedDict, total=False):
    pixels: int
    """Pixels per side, exactly. The module is the largest that fits; what is left over widens the border."""
    module_size: str
    """The length of a module on paper, such as "0.5mm", rounded to whole dots."""
    side: str
    """The length of a side on paper, such as "50.8mm" or "2in", border included."""
    dpi: int
    """Dots per inch, 1 to 10,000. 300 for lengths on paper. With `scale`, tells programs how large to print."""

class _Colors(TypedDict, total=False):
    dark: Color
    """Of dark modules. Black unless given."""
    light: Color | None
    """Of light modules and border; None is transparent. White unless given."""
    unsafe_colors: bool
    """Allows contrast below 3:1 and light on dark, which many readers fail on."""

class _PngStyle(_Paper, _Colors, total=False):
    title: str
    desc: str

class _SvgInlineStyle(_PngStyle, total=False):
    svgid: str
    svgclass: str
    omitsize: bool
    """Leaves width and height away, so that the page decides."""
    unit: Literal["mm", "in", "pt", "px"]
    """Of width and height."""
    current_color: bool
    """Draws dark modules in the text colour of the page."""

class _SvgStyle(_SvgInlineStyle, total=False):
    xmldecl: bool
    """Begins with an XML declaration."""

class _PdfStyle(_Paper, _Colors, total=False):
    title: str
    desc: str
    created: int
    """The date of creation in seconds since 1970. None unless given: same content, same bytes."""

class _EpsStyle(_Paper, _Colors, total=False):
    title: str
    created: int

class _Style(_SvgStyle, total=False):
    scale: int
    """Pixels per module, 1 to 255. 8 unless given."""
    border: int
    """The quiet zone in modules, 0 to 255. 4 unless given, as the standard requires."""
    created: int
    """Of PDF and EPS: the date of creation in seconds since 1970."""
    invert: bool
    """Of text: draws dark modules instead of light ones, for paper and light screens."""

class _Writer(Protocol):
    def write(self, data: bytes, /) -> object: ...

class _TextWriter(Protocol):
    def write(self, text: str, /) -> object: ...

def make(
    content: str | bytes,
    error: Level = "m",
    *,
    version: int | None = None,
    mask: int | None = None,
    boost_error: bool = False,
    eci: int | None = None,
    segmentation: Segmentation = "optimal",
) -> QRCode:
    """Makes a QR code.

    Text that is not ASCII is stored as UTF-8 and announced as such. Bytes are stored as they are. Without `version` it
    is the smallest that fits, without `mask` the one with the lowest penalty score. `boost_error` raises the level as far
    as the version has room for. `eci` announces an interpretation, 0 to 999,999, before the content; other than 26, which
    is UTF-8, it is for bytes and ASCII.

    Raises DataOverflowError if the content does not fit, ValueError for a number out of range.

    >>> qrmint.make("hello").designator
    '1-M'
    """

def make_many(
    contents: Iterable[str | bytes],
    error: Level = "m",
    *,
    kind: Kind = "png",
    threads: int | None = None,
    version: int | None = None,
    mask: int | None = None,
    boost_error: bool = False,
    eci: int | None = None,
    segmentation: Segmentation = "optimal",
    **style: Unpack[_Style],
) -> list[bytes]:
    """Makes many pictures, on all cores unless `threads` is given. Other Python threads run meanwhile.

    An error tells the index of its content: as attribute `index` of a DataOverflowError, in a note otherwise.

    >>> pngs = qrmint.make_many(f"https://example.com/{number}" for number in range(1000))
    """

def details(content: str | bytes, level: Level = "m") -> Details:
    """Returns the properties of Microsoft Graph's qrCodeImageDetails. `binaryValue` is a PNG.

    >>> qrmint.details("hello")["version"]
    1
    """

class DataOverflowError(ValueError):
    """The content does not fit."""

    bytes: int
    """The length of the content in bytes."""
    bits_needed: int
    """The bits that it needs in the largest version allowed; a lower bound for content above 7,089 bytes."""
    bits_available: int
    """The bits that the largest version allowed has at this level."""
    version: int
    """The largest version allowed."""
    error: Literal["L", "M", "Q", "H"]
    """The level asked for."""
    index: int | None
    """The index of the content in a call for many."""

@final
class QRCode:
    """A QR code. `make` creates it; it never changes.

    Colours, sizes and titles are keywords of the methods that draw; each accepts those that its format has.
    """

    @property
    def version(self) -> int:
        """The version, 1 to 40."""
    @property
    def error(self) -> Literal["L", "M", "Q", "H"]:
        """The error-correction level."""
    @property
    def mask(self) -> int:
        """The mask, 0 to 7."""
    @property
    def size(self) -> int:
        """The modules per side, 21 to 177, without border."""
    @property
    def designator(self) -> str:
        """Version and level, such as "7-Q"."""
    @property
    def matrix(self) -> memoryview:
        """The modules, row by row, without border: a read-only buffer of shape (size, size) and format "B"; 1 is dark.

        >>> numpy.asarray(qr.matrix).shape  # no copy
        (29, 29)
        """
    def content(self) -> bytes:
        """Returns the content, read back from the modules."""
    def png(self, scale: int = 8, border: int = 4, **style: Unpack[_PngStyle]) -> bytes:
        """Returns a PNG with one bit per pixel."""
    def svg(self, scale: int = 8, border: int = 4, **style: Unpack[_SvgStyle]) -> str:
        """Returns an SVG of one path."""
    def svg_inline(self, scale: int = 8, border: int = 4, **style: Unpack[_SvgInlineStyle]) -> str:
        """Returns an SVG to embed in HTML."""
    def pdf(self, scale: int = 8, border: int = 4, **style: Unpack[_PdfStyle]) -> bytes:
        """Returns a PDF of one page, just as large as the code. Black is pure black ink."""
    def eps(self, scale: int = 8, border: int = 4, **style: Unpack[_EpsStyle]) -> bytes:
        """Returns an EPS."""
    def zpl(self, scale: int = 8, border: int = 4, **style: Unpack[_Paper]) -> bytes:
        """Returns a label for Zebra printers: a graphic field in ZPL."""
    def text(self, border: int = 4, *, invert: bool = False) -> str:
        """Returns lines of half blocks, without escape sequences, for dark screens."""
    def terminal(self, out: _TextWriter | None = None, border: int = 4, **style: Unpack[_Colors]) -> None:
        """Writes half blocks with ANSI colours to `out`, by default standard output."""
    def png_data_uri(self, scale: int = 8, border: int = 4, **style: Unpack[_PngStyle]) -> str:
        """Returns a PNG as a data URI."""
    def svg_data_uri(self, scale: int = 8, border: int = 4, **style: Unpack[_SvgStyle]) -> str:
        """Returns an SVG as a data URI."""
    def save(
        self,
        out: str | bytes | PathLike[str] | PathLike[bytes] | _Writer | _TextWriter,
        kind: Kind | None = None,
        **style: Unpack[_Style],
    ) -> None:
        """Writes a picture to a file or a file object. The extension of its name tells the format unless `kind` does.

        A path gets the whole picture or keeps what it had: a file is replaced, where that is allowed. A file object with an
        `encoding` gets text.
        """
    def show(self, scale: int = 8, border: int = 4, **style: Unpack[_PngStyle]) -> None:
        """Opens the code in the program that shows PNG files. Python ends 20 seconds later, with the file for it."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def _repr_png_(self) -> bytes: ...
    def _repr_svg_(self) -> str: ...
