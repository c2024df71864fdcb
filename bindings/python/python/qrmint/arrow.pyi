"""QR codes of columns: an array of strings or binaries in, an array of pictures out, on all cores and without a copy.

Takes the arrays, columns and streams of every package with the Arrow PyCapsule interface, such as pyarrow, Polars, DuckDB
and nanoarrow, and returns an array that all of them take. A table or record batch must have one column.

>>> import pyarrow, qrmint.arrow
>>> contents = pyarrow.array(["https://example.com/badge/1", None])
>>> pyarrow.array(qrmint.arrow.png(contents)).type
DataType(binary)

Strings are stored as text: UTF-8 is announced unless the text is ASCII. Binaries are stored as they are. Nulls stay null.
"""

from typing import Literal, Protocol, Unpack, final

from . import _PngStyle, _SvgStyle
from .types import Level, Segmentation

__all__ = ["Array", "info", "png", "svg"]

class _ArrayExporter(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

class _StreamExporter(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class _PngColumnStyle(_PngStyle, total=False):
    scale: int
    """Pixels per module, 1 to 255. 8 unless given."""
    border: int
    """The quiet zone in modules, 0 to 255. 4 unless given, as the standard requires."""

class _SvgColumnStyle(_PngColumnStyle, _SvgStyle, total=False): ...

@final
class Array:
    """An array of Arrow. Other packages take it without a copy, any number of times."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """Returns capsules with the schema and the array. The type is always that of the array."""
    def __arrow_c_schema__(self) -> object:
        """Returns a capsule with the schema."""
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Returns a capsule with a stream of this one array. The type is always that of the array."""
    def __len__(self) -> int: ...

def png(
    array: _ArrayExporter | _StreamExporter,
    level: Level = "m",
    *,
    version: int | None = None,
    mask: int | None = None,
    boost_error: bool = False,
    eci: int | None = None,
    segmentation: Segmentation = "optimal",
    on_error: Literal["raise", "null"] = "raise",
    threads: int | None = None,
    **style: Unpack[_PngColumnStyle],
) -> Array:
    """Returns PNGs, drawn on all cores unless `threads` is given. Other Python threads run meanwhile.

    The type is binary, or large_binary if they take 2 GiB or more. The keywords are those of `make` and `QRCode.png`.

    The first row that cannot be drawn raises: a DataOverflowError with its `index` where the content does not fit, a
    ValueError where the style has no room for it. With on_error="null" such rows become null, and `info` tells why.
    """

def svg(
    array: _ArrayExporter | _StreamExporter,
    level: Level = "m",
    *,
    version: int | None = None,
    mask: int | None = None,
    boost_error: bool = False,
    eci: int | None = None,
    segmentation: Segmentation = "optimal",
    on_error: Literal["raise", "null"] = "raise",
    threads: int | None = None,
    **style: Unpack[_SvgColumnStyle],
) -> Array:
    """Returns SVGs in UTF-8, as `png` returns PNGs. The type is binary or large_binary as well."""

def info(
    array: _ArrayExporter | _StreamExporter,
    level: Level = "m",
    *,
    version: int | None = None,
    mask: int | None = None,
    boost_error: bool = False,
    eci: int | None = None,
    segmentation: Segmentation = "optimal",
    threads: int | None = None,
    **style: Unpack[_PngColumnStyle],
) -> Array:
    """Returns what the codes are like: structs of version, level, mask, size, bits_used, bits_available and error.

    `error` tells why `png` with the same arguments has no image of the row; where content does not fit, the other fields
    are null. No row makes it raise.
    """
