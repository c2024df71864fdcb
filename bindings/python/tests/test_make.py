"""One code: what `make` accepts, what it returns and which errors it raises."""

import pickle

import numpy
import pytest
import qrmint
from hypothesis import given, settings
from hypothesis import strategies as st

CAPACITY = {"l": 2953, "m": 2331, "q": 1663, "h": 1273}


@pytest.mark.parametrize(
    "content", ["", "0", "hello", "HELLO 123", "Grüße", "日本", "😀", "a\0b", b"", b"\0\xff", "x" * 2331]
)
def test_the_content_is_read_back_from_the_modules(content: str | bytes) -> None:
    expected = content.encode() if isinstance(content, str) else content
    assert qrmint.make(content).content() == expected


@settings(max_examples=100)
@given(st.binary(max_size=300) | st.text(max_size=100), st.sampled_from("lmqhLMQH"), st.integers(0, 7) | st.none())
def test_any_content_is_read_back(content: str | bytes, error: str, mask: int | None) -> None:
    qr = qrmint.make(content, error, mask=mask, boost_error=mask == 0)
    assert qr.content() == (content.encode() if isinstance(content, str) else content)
    assert qr.error == error.upper() or mask == 0


def test_subclasses_of_str_and_bytes_are_content() -> None:
    class Text(str):
        def __str__(self) -> str:
            return "something else"

    class Bytes(bytes):
        pass

    assert qrmint.make(Text("text")).content() == b"text"
    assert qrmint.make(Bytes(b"\xff")).content() == b"\xff"


def test_a_code_tells_its_facts() -> None:
    qr = qrmint.make("hello", "q", version=7, mask=3)
    assert (qr.version, qr.error, qr.mask, qr.size, qr.designator) == (7, "Q", 3, 45, "7-Q")


def test_the_defaults_are_level_m_the_smallest_version_and_any_mask() -> None:
    qr = qrmint.make("hello")
    assert qr.designator == "1-M"
    assert (
        qr == qrmint.make("hello", "m") == qrmint.make("hello", error="M", version=None, mask=None, boost_error=False)
    )
    assert qr == qrmint.make("hello", eci=None, segmentation="optimal")
    assert qr == qrmint.make("hello", version=1, mask=qr.mask)


@pytest.mark.parametrize("version", range(1, 41))
def test_every_version(version: int) -> None:
    qr = qrmint.make("1", version=version)
    assert (qr.version, qr.size) == (version, 4 * version + 17)


@pytest.mark.parametrize("mask", range(8))
def test_every_mask(mask: int) -> None:
    assert qrmint.make("1", mask=mask).mask == mask


@pytest.mark.parametrize("error", CAPACITY)
def test_the_largest_code_of_every_level(error: str) -> None:
    assert qrmint.make(b"\xff" * CAPACITY[error], error).designator == f"40-{error.upper()}"
    with pytest.raises(qrmint.DataOverflowError) as caught:
        qrmint.make(b"\xff" * (CAPACITY[error] + 1), error)
    assert caught.value.error == error.upper()


def test_boost_error_raises_the_level_and_keeps_the_version() -> None:
    assert qrmint.make("1", "l", boost_error=True).designator == "1-H"
    assert qrmint.make("1", "l").designator == "1-L"
    assert qrmint.make("x" * 17, "l", boost_error=True).designator == "1-L"


def test_eci_announces_an_interpretation() -> None:
    plain, announced = qrmint.make(b"\xe4"), qrmint.make(b"\xe4", eci=9)
    assert plain != announced
    assert plain.content() == announced.content() == b"\xe4"
    assert qrmint.make("ä") == qrmint.make("ä".encode(), eci=26)
    assert qrmint.make(b"1", eci=999_999).content() == b"1"


def test_segmentation_bytes_takes_more_bits() -> None:
    digits = "1" * 34
    assert qrmint.make(digits).version == 1
    assert qrmint.make(digits, segmentation="bytes").version == 3


def test_content_that_does_not_fit_is_an_error_with_numbers() -> None:
    with pytest.raises(qrmint.DataOverflowError) as caught:
        qrmint.make("x" * 3000)
    error = caught.value
    assert isinstance(error, ValueError)
    assert str(error) == ("content too long: 3,000 bytes in byte mode; version 40 holds 2,331 at level M, 2,953 at L")
    assert (error.bytes, error.bits_needed, error.bits_available) == (3000, 24_020, 18_672)
    assert (error.version, error.error, error.index) == (40, "M", None)


def test_the_error_names_the_version_that_was_given() -> None:
    with pytest.raises(qrmint.DataOverflowError) as caught:
        qrmint.make("x" * 100, version=1)
    assert str(caught.value) == "content too long: 100 bytes in byte mode; version 1 holds 14 at level M, 17 at L"
    assert (caught.value.version, caught.value.bits_needed, caught.value.bits_available) == (1, 812, 128)


def test_the_error_survives_a_process_pool() -> None:
    with pytest.raises(qrmint.DataOverflowError) as caught:
        qrmint.make("x" * 3000, "h")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (type(copy), str(copy), vars(copy)) == (qrmint.DataOverflowError, str(caught.value), vars(caught.value))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"content": 5}, TypeError, "content must be str or bytes, not int"),
        ({"content": None}, TypeError, "content must be str or bytes, not NoneType"),
        ({"content": bytearray(b"x")}, TypeError, "content must be str or bytes, not bytearray"),
        ({"error": "x"}, ValueError, "error must be 'l', 'm', 'q' or 'h', not 'x'"),
        ({"error": ""}, ValueError, "error must be 'l', 'm', 'q' or 'h', not ''"),
        ({"error": 1}, TypeError, "error must be str, not int"),
        ({"version": 0}, ValueError, "version must be from 1 to 40, not 0"),
        ({"version": 41}, ValueError, "version must be from 1 to 40, not 41"),
        ({"version": -1}, ValueError, "version must be from 1 to 40, not -1"),
        ({"version": 1.0}, TypeError, "version must be int, not float"),
        ({"version": "1"}, TypeError, "version must be int, not str"),
        ({"mask": 8}, ValueError, "mask must be from 0 to 7, not 8"),
        ({"mask": 2**64}, ValueError, "mask must be from 0 to 7, not 18446744073709551616"),
        ({"eci": 1_000_000}, ValueError, "eci must be from 0 to 999999, not 1000000"),
        ({"segmentation": "other"}, ValueError, "segmentation must be 'optimal' or 'bytes', not 'other'"),
        ({"segmentation": 1}, TypeError, "'int' object is not an instance of 'str'"),
        ({"boost_error": 1}, TypeError, "'int' object is not an instance of 'bool'"),
        ({"colour": 1}, TypeError, "make() got an unexpected keyword argument 'colour'"),
    ],
)
def test_a_wrong_argument_is_named(arguments: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        qrmint.make(**{"content": "hello", **arguments})
    assert (type(caught.value), str(caught.value)) == (error, message)


def test_only_content_and_level_go_by_position() -> None:
    with pytest.raises(TypeError):
        qrmint.make("hello", "m", 5)
    with pytest.raises(TypeError):
        qrmint.make()


def test_the_matrix_is_a_read_only_square_of_bytes() -> None:
    qr = qrmint.make("hello", version=2)
    matrix = qr.matrix
    assert (matrix.shape, matrix.format, matrix.ndim, matrix.itemsize, matrix.nbytes) == ((25, 25), "B", 2, 1, 625)
    assert matrix.readonly and matrix.c_contiguous
    with pytest.raises(TypeError):
        matrix[0, 0] = 0
    assert set(matrix.tobytes()) == {0, 1}
    # The corner of a finder pattern, without border.
    assert matrix.tolist()[0][:9] == [1, 1, 1, 1, 1, 1, 1, 0, matrix[0, 8]]
    assert bytes(matrix) == b"".join(bytes(row) for row in matrix.tolist())


def test_numpy_reads_the_matrix_without_a_copy() -> None:
    matrix = qrmint.make("hello").matrix
    first, second = numpy.asarray(matrix), numpy.asarray(matrix)
    assert first.shape == (21, 21) and first.dtype == numpy.uint8
    assert first.ctypes.data == second.ctypes.data
    assert not first.flags.writeable and not first.flags.owndata
    assert first.tolist() == matrix.tolist()
    assert first.sum() == sum(map(sum, matrix.tolist()))


def test_requests_for_writing_or_columns_are_refused() -> None:
    import ctypes

    matrix = qrmint.make("hello").matrix
    get_buffer = ctypes.pythonapi.PyObject_GetBuffer
    release = ctypes.pythonapi.PyBuffer_Release
    get_buffer.argtypes = [ctypes.py_object, ctypes.c_void_p, ctypes.c_int]
    release.argtypes = [ctypes.c_void_p]
    view = (ctypes.c_char * 256)()
    simple, writable, format_, dimensions, strides = 0, 1, 4, 8, 0x18
    c_order, f_order, any_order = 0x38, 0x58, 0x98
    exporter = matrix.obj
    for flags in [writable, writable | dimensions, f_order, f_order | format_]:
        with pytest.raises(BufferError):
            get_buffer(exporter, view, flags)
    for flags in [simple, format_, dimensions, strides, c_order, any_order, any_order | format_]:
        assert get_buffer(exporter, view, flags) == 0
        release(view)
    with pytest.raises(TypeError):
        memoryview(exporter)[0, 0] = 1
    with pytest.raises(TypeError):
        ctypes.c_char.from_buffer(exporter)


def test_the_matrix_outlives_its_code() -> None:
    array = numpy.asarray(qrmint.make("hello").matrix)
    expected = qrmint.make("hello").matrix.tolist()
    for number in range(100):
        qrmint.make(f"something else {number}").matrix
    assert array.tolist() == expected


def test_equal_modules_are_equal_codes() -> None:
    first, second, other = qrmint.make("hello"), qrmint.make(b"hello"), qrmint.make("hello", "h")
    assert first == second and not first != second and hash(first) == hash(second)
    assert first != other and first != "hello" and first != (None,)
    assert len({first, second, other}) == 2
    with pytest.raises(TypeError):
        first < second


def test_repr_shows_no_content() -> None:
    assert repr(qrmint.make("secret")) == str(qrmint.make("secret")) == "<QRCode 1-M>"


def test_a_code_cannot_change() -> None:
    qr = qrmint.make("hello")
    for name in ["version", "error", "mask", "size", "designator", "matrix", "other"]:
        with pytest.raises(AttributeError):
            setattr(qr, name, 1)
    with pytest.raises(TypeError):
        qrmint.QRCode()
    with pytest.raises(TypeError):
        type("Sub", (qrmint.QRCode,), {})


def test_the_version_of_the_package_is_known() -> None:
    from importlib.metadata import version

    assert qrmint.__version__ == version("qrmint")


def test_an_interpretation_other_than_utf_8_is_for_bytes_and_ascii() -> None:
    message = "text is stored as UTF-8, which is eci 26: for eci 3 give bytes"
    for call in (lambda: qrmint.make("Jos\u00e9", eci=3), lambda: qrmint.make_many(["Jos\u00e9"], eci=3)):
        with pytest.raises(ValueError) as caught:
            call()
        assert str(caught.value) == message
    assert qrmint.make("Jos\u00e9", eci=26) == qrmint.make("Jos\u00e9")
    assert qrmint.make("Jose", eci=3) == qrmint.make(b"Jose", eci=3)
    assert qrmint.make("Jos\u00e9".encode("latin-1"), eci=3).content() == b"Jos\xe9"
