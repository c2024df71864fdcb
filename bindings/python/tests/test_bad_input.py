"""Bad input gets an error of Python's own kind: nothing crashes, hangs or takes all memory."""

import io
import math
import subprocess
import sys
import time
from typing import Any

import numpy
import pytest
import qrmint
from hypothesis import given, settings
from hypothesis import strategies as st

QR = qrmint.make("hello")
HUGE = 10**5000
DRAWING = ["png", "svg", "svg_inline", "pdf", "eps", "zpl", "text", "png_data_uri", "svg_data_uri"]
KEYWORDS = (
    "scale border pixels module_size side dpi dark light unsafe_colors title desc svgid svgclass omitsize unit current_color "
    "xmldecl created invert"
).split()
NUMBERS = ["scale", "border", "pixels", "dpi", "created"]


class Index:
    """Has a number, or an error."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __index__(self) -> Any:
        if isinstance(self.value, BaseException):
            raise self.value
        return self.value


def test_huge_integers_are_out_of_range() -> None:
    for value in [HUGE, -HUGE, 2**64, -(2**63), 2**31]:
        for keyword in ["version", "mask", "eci"]:
            with pytest.raises(ValueError, match=f"^{keyword} must be from "):
                qrmint.make("hello", **{keyword: value})
        with pytest.raises(ValueError, match="^threads must be from "):
            qrmint.make_many([], threads=value)
        for keyword in ["scale", "border", "dpi"]:
            with pytest.raises(ValueError, match=f"^{keyword} must be from "):
                QR.png(**{keyword: value})
        with pytest.raises(ValueError, match="^dark must be from 0 to 255, not "):
            QR.png(dark=(value, 0, 0))
    with pytest.raises(ValueError, match="not a value that Python cannot display$"):
        QR.png(HUGE)


@pytest.mark.parametrize("value", [math.nan, math.inf, 1.0, 1j, "1", b"1", [], {}, object(), Index("1"), Index(None)])
def test_numbers_must_be_integers(value: object) -> None:
    for keyword in ["version", "mask", "eci"]:
        with pytest.raises(TypeError, match=f"^{keyword} must be int, not "):
            qrmint.make("hello", **{keyword: value})
    for keyword in ["scale", "border", "dpi", "pixels"]:
        with pytest.raises(TypeError, match=f"^{keyword} must be int, not "):
            QR.png(**{keyword: value})


def test_whatever_is_a_number_to_python_is_one() -> None:
    assert qrmint.make("hello", version=True).version == 1
    assert qrmint.make("hello", version=Index(5)).version == 5
    assert QR.png(numpy.int64(3), numpy.uint8(2)) == QR.png(3, 2)
    assert QR.png(dark=tuple(numpy.array([0, 51, 102], dtype=numpy.uint8))) == QR.png(dark="#003366")
    with pytest.raises(ZeroDivisionError):
        QR.png(Index(ZeroDivisionError()))
    with pytest.raises(KeyboardInterrupt):
        qrmint.make("hello", version=Index(KeyboardInterrupt()))
    with pytest.raises(ValueError, match="^scale must be from 1 to 255, not <"):
        QR.png(Index(HUGE))


def test_surrogates_are_no_text() -> None:
    for text in ["\ud800", "a\udfffb", "\udc80" * 100]:
        for call in [
            lambda: qrmint.make(text),
            lambda: qrmint.make_many([text]),
            lambda: qrmint.details(text),
            lambda: QR.png(title=text),
            lambda: QR.svg(desc=text),
            lambda: QR.svg(svgid=text),
            lambda: QR.png(dark=text),
            lambda: QR.png(side=text),
            lambda: qrmint.make("a", text),
            lambda: qrmint.make("a", segmentation=text),
            lambda: qrmint.make_many(["a"], kind=text),
            lambda: QR.save(io.BytesIO(), text),
            lambda: QR.png(**{text: 1}),
        ]:
            with pytest.raises(UnicodeEncodeError):
                call()


def test_characters_that_a_format_cannot_hold() -> None:
    text = "a\0b\x01\x1b\ufffe<&>]]>\"'\r\n"
    for name in ["png", "svg", "svg_inline", "pdf", "png_data_uri", "svg_data_uri"]:
        getattr(QR, name)(title=text, desc=text)
    assert b"\0" not in QR.eps(title=text) and b"\0" not in QR.pdf(title=text)
    from xml.etree import ElementTree

    root = ElementTree.fromstring(QR.svg(title=text, desc=text, svgid=text, svgclass=text))
    title = root.findtext("{http://www.w3.org/2000/svg}title")
    assert title is not None and title.startswith("a\ufffdb\ufffd\ufffd\ufffd<&>]]>\"'")


@pytest.mark.parametrize(
    "content", ["x" * 10**8, "1" * 10**8, "é" * (10**8 // 2), b"\xff" * 10**8], ids=["x", "1", "é", "ff"]
)
def test_a_hundred_megabytes_fail_at_once(content: str | bytes) -> None:
    start = time.monotonic()
    for call in [qrmint.make, qrmint.details, lambda content: qrmint.make_many(["a", content])]:
        with pytest.raises(qrmint.DataOverflowError) as caught:
            call(content)
        assert (caught.value.bytes, caught.value.version) == (10**8, 40)
        assert caught.value.bits_needed > 3 * 10**8
        assert len(str(caught.value)) < 150
    assert time.monotonic() - start < 3


def test_a_hundred_megabytes_are_not_copied() -> None:
    program = """
import resource, qrmint
most = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
content = "x" * 10**8
before = most()
for call in [qrmint.make, qrmint.details, lambda content: qrmint.make_many(["a", content])]:
    try:
        call(content)
    except qrmint.DataOverflowError:
        pass
print(most() - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 10_000, "kilobytes"


def test_the_message_for_a_very_long_argument_is_short() -> None:
    long = "x" * 10**7
    for call in [
        lambda: qrmint.make("a", long),
        lambda: qrmint.make("a", segmentation=long),
        lambda: qrmint.make_many([], kind=long),
        lambda: QR.save(io.BytesIO(), long),
        lambda: QR.png(dark=long),
        lambda: QR.png(side=long),
        lambda: QR.svg(unit=long),
    ]:
        with pytest.raises(ValueError) as caught:
            call()
        assert len(str(caught.value)) < 200


class Hostile:
    """Fails whatever is asked of it."""

    def __getattribute__(self, name: str) -> object:
        raise ZeroDivisionError(name)

    def __repr__(self) -> str:
        raise ZeroDivisionError("repr")

    def __bool__(self) -> bool:
        raise ZeroDivisionError("bool")

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError("eq")

    __hash__ = None


def test_an_object_that_fails_gets_an_error() -> None:
    hostile: Any = Hostile()
    for call in [
        lambda: qrmint.make(hostile),
        lambda: qrmint.make("a", hostile),
        lambda: qrmint.make("a", version=hostile),
        lambda: qrmint.make("a", boost_error=hostile),
        lambda: qrmint.make_many(hostile),
        lambda: qrmint.make_many([hostile]),
        lambda: qrmint.details(hostile),
        lambda: QR.png(hostile),
        lambda: QR.png(dark=hostile),
        lambda: QR.png(dark=(hostile, 0, 0)),
        lambda: QR.svg(title=hostile),
        lambda: QR.svg(omitsize=hostile),
        lambda: QR.terminal(hostile),
        lambda: QR.save(hostile),
        lambda: QR == hostile,
    ]:
        with pytest.raises((TypeError, ZeroDivisionError)):
            call()


def test_a_subclass_cannot_lie_about_its_value() -> None:
    class Text(str):
        def __repr__(self) -> str:
            return "\ud800"

        def encode(self, *arguments: object) -> bytes:
            raise AssertionError

    class Number(int):
        def __index__(self) -> int:
            raise AssertionError

    assert QR.svg(title=Text("a"), svgid=Text("b"), dark=Text("navy")) == QR.svg(title="a", svgid="b", dark="navy")
    assert QR.png(Number(3)) == QR.png(3)
    with pytest.raises(ValueError, match="^dark must be a colour"):
        QR.png(dark=Text("none"))


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-1, 260),
    st.floats(),
    st.text(max_size=20),
    st.binary(max_size=5),
    st.tuples(st.integers(-1, 256), st.integers(-1, 256), st.integers(-1, 256)),
    st.lists(st.integers(), max_size=4).map(tuple),
    st.sampled_from(
        ["navy", "#036", "rgb(0,0,0)", "hsl(nan 1% 2%)", "#ggg", "0.5mm", "2in", "1e9in", "-1mm", "mm", "px"]
    ),
    st.from_regex(r"(rgb|hsl|hwb|oklch|lab)a?\([-0-9.,%/ e]{0,20}\)", fullmatch=True),
    st.from_regex(r"[-+]?[0-9.e]{1,8}(mm|in|cm|pt)?", fullmatch=True),
)


@settings(max_examples=400)
@given(st.sampled_from(DRAWING), st.dictionaries(st.sampled_from(KEYWORDS), ANYTHING, max_size=3))
def test_any_keywords_draw_or_raise(name: str, style: dict[str, object]) -> None:
    # Large pictures are correct, but slow to make hundreds of.
    for keyword in NUMBERS:
        value = style.get(keyword)
        if keyword == "pixels" and isinstance(value, int) and value > 2000:
            style[keyword] = 2000
    try:
        picture = getattr(QR, name)(**style)
    except (TypeError, ValueError):
        return
    assert isinstance(picture, str | bytes) and picture


@settings(max_examples=200)
@given(
    ANYTHING,
    ANYTHING,
    st.dictionaries(st.sampled_from(["version", "mask", "boost_error", "eci", "segmentation"]), ANYTHING),
)
def test_any_arguments_make_a_code_or_raise(content: Any, error: Any, arguments: dict[str, Any]) -> None:
    try:
        qr = qrmint.make(content, error, **arguments)
    except (TypeError, ValueError):
        return
    assert qr.content() == (content.encode() if isinstance(content, str) else content)


def test_no_reference_is_lost_or_kept() -> None:
    content, wrong, long, qr = "hello" * 3, object(), "x" * 3000, qrmint.make("hello")
    objects = [content, wrong, long, qr]
    before = [sys.getrefcount(value) for value in objects]
    for _ in range(100):
        qrmint.make(content).matrix.tolist()
        qrmint.make_many([content] * 3)
        qr.png(title=content)
        hash(qr.matrix)
        for call in [
            lambda: qrmint.make(wrong),
            lambda: qrmint.make(long),
            lambda: qrmint.make_many([content, wrong]),
            lambda: qrmint.make_many([content, long]),
            lambda: qr.png(dark=wrong),
            lambda: qr.save(wrong),
        ]:
            with pytest.raises((TypeError, ValueError)):
                call()
    assert [sys.getrefcount(value) for value in objects] == before
