# pyright: strict, reportUnnecessaryTypeIgnoreComment=true, reportPrivateUsage=false
"""Uses everything that `__init__.pyi` promises. It is checked, not run.

An error that is not expected fails, and so does one that is expected and missing.
"""

import io
import sys
from pathlib import Path
from typing import Literal, assert_type

import qrmint
from qrmint import DataOverflowError, QRCode
from qrmint.types import Color, Details, Kind, Level, Segmentation

level: Level = "m"
kind: Kind = "svg"
color: Color = (0, 51, 102)
segmentation: Segmentation = "bytes"

assert_type(qrmint.__version__, str)
assert_type(qrmint.make("hello"), QRCode)
qr = qrmint.make(b"hello", level, version=5, mask=3, boost_error=True, eci=26, segmentation=segmentation)
qr = qrmint.make(content="hello", error="H", version=None, mask=None, eci=None)

assert_type(qr.version, int)
assert_type(qr.error, Literal["L", "M", "Q", "H"])
assert_type(qr.mask, int)
assert_type(qr.size, int)
assert_type(qr.designator, str)
assert_type(qr.content(), bytes)
assert_type(qr.matrix, memoryview)
assert_type(qr == qr, bool)
assert_type(hash(qr), int)
assert_type({qr: 1}, dict[QRCode, int])

assert_type(qr.png(), bytes)
assert_type(qr.png(8, 4, dark=color, light=None, unsafe_colors=True, dpi=600, title="a", desc="b"), bytes)
assert_type(qr.png(pixels=400, border=2), bytes)
assert_type(qr.svg(scale=3, xmldecl=True, svgid="a", svgclass="b", unit="mm", current_color=True), str)
assert_type(qr.svg_inline(omitsize=True, module_size="0.5mm"), str)
assert_type(qr.pdf(side="30mm", title="a", desc="b", created=0), bytes)
assert_type(qr.eps(side="30mm", title="a", created=0), bytes)
assert_type(qr.zpl(dpi=203), bytes)
assert_type(qr.text(2, invert=True), str)
assert_type(qr.png_data_uri(dark="navy"), str)
assert_type(qr.svg_data_uri(light="#fff"), str)
assert_type(qr._repr_png_(), bytes)
assert_type(qr._repr_svg_(), str)

qr.terminal()
qr.terminal(sys.stdout, border=1, dark="navy", light="white")
qr.show(3, dark="navy")
qr.save("a.png")
qr.save(b"a.png", scale=3)
qr.save(Path("a.pdf"), created=0)
qr.save(io.BytesIO(), kind, xmldecl=True)
qr.save(io.StringIO(), kind="txt", invert=True)
with open("a.svg", "wb") as binary, open("b.svg", "w") as text, open("c.svg", "wb", buffering=0) as raw:
    qr.save(binary)
    qr.save(text)
    qr.save(raw)

assert_type(qrmint.make_many(["a", b"b"]), list[bytes])
assert_type(qrmint.make_many((str(number) for number in range(9)), "q", kind=kind, threads=2, border=2), list[bytes])
assert_type(qrmint.make_many(["a"], error="l", version=5, mask=1, boost_error=True, eci=3, side="30mm"), list[bytes])

details: Details = qrmint.details("hello", "m")
assert_type(details["version"], int)
assert_type(details["errorCorrectionLevel"], Literal["l", "m", "q", "h"])
assert_type(details["binaryValue"], bytes)
assert_type(details["rawContent"], bytes)

try:
    qrmint.make("x" * 3000)
except DataOverflowError as error:
    assert_type(error.bytes, int)
    assert_type(error.bits_needed, int)
    assert_type(error.bits_available, int)
    assert_type(error.version, int)
    assert_type(error.error, Literal["L", "M", "Q", "H"])
    assert_type(error.index, int | None)
    as_value_error: ValueError = error

# Wrong, and known to be.
qrmint.make(5)  # type: ignore[arg-type]
qrmint.make()  # type: ignore[call-arg]
qrmint.make("a", "x")  # type: ignore[arg-type]
qrmint.make("a", "m", 5)  # type: ignore[call-arg]
qrmint.make("a", colour="red")  # type: ignore[call-arg]
qrmint.make("a", segmentation="other")  # type: ignore[arg-type]
qrmint.make_many("a", kind="gif")  # type: ignore[arg-type]
qrmint.make_many([5])  # type: ignore[list-item]
qr.version = 5  # type: ignore[misc]
qr.png(svgid="a")  # type: ignore[call-arg]
qr.png(dark=None)  # type: ignore[arg-type]
qr.png(side=30)  # type: ignore[arg-type]
qr.svg(created=0)  # type: ignore[call-arg]
qr.svg(unit="cm")  # type: ignore[arg-type]
qr.svg_inline(xmldecl=True)  # type: ignore[call-arg]
qr.eps(desc="b")  # type: ignore[call-arg]
qr.zpl(dark="navy")  # type: ignore[call-arg]
qr.text(scale=3)  # type: ignore[call-arg]
qr.terminal(io.BytesIO())  # type: ignore[arg-type]
qr.save(5)  # type: ignore[arg-type]
qr.save("a.png", colour="red")  # type: ignore[call-arg]


class Sub(QRCode):  # type: ignore[misc]
    pass
