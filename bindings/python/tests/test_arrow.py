"""Columns of pyarrow and nanoarrow, and producers that break the rules."""

import ctypes
import itertools
import os
import signal
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import nanoarrow
import pyarrow
import pytest

import qrmint
import qrmint.arrow

TEXTS = ["https://example.com/badge/4711", None, "", "José, 10 €", "0123456789"]
TOO_LONG = "x" * 3000


def pngs(contents, **keywords):
    return [None if content is None else qrmint.make(content, **keywords).png() for content in contents]


def as_bytes(contents):
    return [None if content is None else content.encode() for content in contents]


def drawn(array, **keywords):
    return pyarrow.array(qrmint.arrow.png(array, **keywords)).to_pylist()


class Stream:
    """An exporter whose stream a test has in its hands."""

    def __init__(self, capsule):
        self.capsule = capsule

    def __arrow_c_stream__(self, requested_schema=None):
        return self.capsule


class Arrays:
    """An exporter whose schema and array a test has in its hands."""

    def __init__(self, *capsules):
        self.capsules = capsules

    def __arrow_c_array__(self, requested_schema=None):
        return self.capsules


def interrupt_after(seconds, call):
    """Makes a call, and raises InterruptedError in it."""

    def stop(*_):
        raise InterruptedError

    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view"])
def test_strings_are_drawn_as_text(kind):
    array = pyarrow.array(TEXTS, kind)
    assert drawn(array) == pngs(TEXTS)
    assert drawn(array.slice(1, 3)) == pngs(TEXTS[1:4])


@pytest.mark.parametrize("kind", ["binary", "large_binary", "binary_view"])
def test_binaries_are_drawn_as_they_are(kind):
    array = pyarrow.array(as_bytes(TEXTS), kind)
    assert drawn(array) == pngs(as_bytes(TEXTS))
    assert drawn(array.slice(1, 3)) == pngs(as_bytes(TEXTS[1:4]))


def test_other_arrays_of_strings_and_binaries_are_drawn():
    assert drawn(pyarrow.array([b"abc", None, b"\xff\x00\xfe"], pyarrow.binary(3))) == pngs([b"abc", None, b"\xff\x00\xfe"])
    assert drawn(pyarrow.array(TEXTS + TEXTS).dictionary_encode()) == pngs(TEXTS + TEXTS)
    assert drawn(pyarrow.nulls(3)) == [None] * 3
    assert drawn(pyarrow.array([], "string")) == []


def test_chunks_become_one_array():
    chunks = pyarrow.chunked_array([TEXTS, [], TEXTS[:2]], "string")
    images = qrmint.arrow.png(chunks)
    assert len(images) == 7
    assert pyarrow.array(images).to_pylist() == pngs(TEXTS + TEXTS[:2])
    assert pyarrow.chunked_array(images).num_chunks == 1
    assert drawn(pyarrow.chunked_array([], "string")) == []


def test_a_table_or_record_batch_of_one_column_is_a_column():
    batch = pyarrow.record_batch({"url": TEXTS})
    assert drawn(batch) == pngs(TEXTS)
    assert drawn(batch.to_struct_array().slice(1, 3)) == pngs(TEXTS[1:4])
    assert drawn(pyarrow.Table.from_batches([batch, batch])) == pngs(TEXTS + TEXTS)
    with pytest.raises(TypeError, match=r'one column, not 2: \["url", "name"\]'):
        qrmint.arrow.png(pyarrow.table({"url": TEXTS, "name": TEXTS}))


def test_the_result_can_be_taken_any_number_of_times_without_a_copy():
    images = qrmint.arrow.png(pyarrow.array(TEXTS))
    first, second = pyarrow.array(images), pyarrow.array(images)
    assert first.buffers()[2].address == second.buffers()[2].address
    streamed = pyarrow.chunked_array(images).chunk(0)
    assert streamed.buffers()[2].address == first.buffers()[2].address
    del images
    assert first.to_pylist() == streamed.to_pylist() == pngs(TEXTS)


def test_nanoarrow_gives_and_takes():
    images = qrmint.arrow.png(nanoarrow.Array(["first", None, "third"], nanoarrow.string()))
    assert nanoarrow.Array(images).to_pylist() == pngs(["first", None, "third"])
    assert nanoarrow.Schema(images).type == nanoarrow.Type.BINARY
    chunks = nanoarrow.Array.from_chunks([["first"], ["second"]], nanoarrow.string())
    assert drawn(chunks) == pngs(["first", "second"])


def test_a_result_is_an_input():
    keys = qrmint.arrow.png(pyarrow.array(["hello"]), scale=1)
    assert drawn(keys, level="l") == pngs([qrmint.make("hello").png(scale=1)], error="l")


def test_the_keywords_are_those_of_make_and_of_the_picture():
    array = pyarrow.array(["hello"])
    code = qrmint.make("hello", "q", version=3, mask=2, eci=26, segmentation="bytes")
    symbol = {"version": 3, "mask": 2, "eci": 26, "segmentation": "bytes"}
    image = qrmint.arrow.png(array, "q", **symbol, scale=3, border=2, dark="navy", threads=1)
    assert pyarrow.array(image).to_pylist() == [code.png(scale=3, border=2, dark="navy")]
    image = qrmint.arrow.svg(array, "q", **symbol, svgclass="qr", unit="mm")
    assert pyarrow.array(image).to_pylist() == [code.svg(svgclass="qr", unit="mm").encode()]
    assert drawn(array, level="l", boost_error=True) == pngs(["hello"], error="h")


@pytest.mark.parametrize(
    ("error", "keywords"),
    [
        (TypeError, {"svgclass": "qr"}),
        (TypeError, {"colour": "red"}),
        (TypeError, {"threads": "2"}),
        (ValueError, {"threads": 0}),
        (ValueError, {"on_error": "ignore"}),
        (ValueError, {"level": "x"}),
        (ValueError, {"version": 41}),
        (ValueError, {"dark": "#ffffff", "on_error": "null"}),
    ],
)
def test_wrong_keywords_are_refused(error, keywords):
    with pytest.raises(error):
        qrmint.arrow.png(pyarrow.array(["hello"]), **keywords)


@pytest.mark.parametrize("array", ["hello", ["hello"], None, pyarrow.array([1]), pyarrow.array([["hello"]]), object])
def test_other_objects_are_refused(array):
    with pytest.raises(TypeError):
        qrmint.arrow.png(array)
    with pytest.raises(TypeError):
        qrmint.arrow.info(array)


@pytest.mark.parametrize("row", [0, 3_000, 9_999])
def test_a_bad_row_is_an_error_or_null(row):
    contents = [str(number) for number in range(10_000)]
    contents[row:] = [TOO_LONG] * len(contents[row:])
    array = pyarrow.array(contents)
    with pytest.raises(qrmint.DataOverflowError) as raised:
        qrmint.arrow.png(array)
    assert (raised.value.index, raised.value.bytes) == (row, 3_000)
    images = pyarrow.array(qrmint.arrow.png(array, on_error="null"))
    assert images.is_valid().to_pylist() == [True] * row + [False] * (10_000 - row)


def test_info_tells_what_a_code_is_like_or_why_there_is_none():
    array = pyarrow.array(["hello", None, TOO_LONG])
    code = qrmint.make("hello", "q")
    good, null, bad = pyarrow.array(qrmint.arrow.info(array, "q")).to_pylist()
    expected = {"version": 1, "level": "q", "mask": code.mask, "size": 21, "bits_used": 52, "bits_available": 104}
    assert good == {**expected, "error": None}
    assert null is None
    assert bad.pop("error").startswith("content too long: 3,000 bytes")
    assert set(bad.values()) == {None}
    table = pyarrow.table(qrmint.arrow.info(pyarrow.array(["hello"])))
    assert table.column_names == ["version", "level", "mask", "size", "bits_used", "bits_available", "error"]


def test_info_tells_why_there_is_no_picture_of_a_style():
    array = pyarrow.array(["short", "x" * 60])
    images = pyarrow.array(qrmint.arrow.png(array, pixels=40, on_error="null"))
    info = pyarrow.array(qrmint.arrow.info(array, pixels=40)).to_pylist()
    assert images.is_valid().to_pylist() == [True, False]
    assert [row["error"] for row in info] == [None, "too small: 40 x 40 pixels, at least 41 x 41 pixels"]
    assert [row["version"] for row in info] == [1, 4]


@pytest.mark.parametrize(
    "kind", ["string", "large_string", "string_view", "binary", "large_binary", "binary_view", "null"]
)
def test_an_empty_slice_is_an_empty_array(kind):
    array = pyarrow.array([None, None] if kind == "null" else ["first", "second"], kind)
    batch = pyarrow.record_batch({"url": array})
    for empty in [array.slice(2), array.slice(1, 0), batch.slice(2), pyarrow.chunked_array([array.slice(2)])]:
        for function in [qrmint.arrow.png, qrmint.arrow.svg, qrmint.arrow.info]:
            assert len(function(empty)) == 0
    chunks = pyarrow.chunked_array([array.slice(2), array.slice(1)])
    assert drawn(chunks) == drawn(array.slice(1))


def test_an_interpretation_other_than_utf_8_is_for_bytes_and_ascii():
    array = pyarrow.array(["Jos\u00e9"])
    with pytest.raises(ValueError, match="^text is stored as UTF-8, which is eci 26: for eci 3 give bytes$"):
        qrmint.arrow.png(array, eci=3)
    assert drawn(array.cast("binary"), eci=3) == [qrmint.make("Jos\u00e9".encode(), eci=3).png()]


def test_the_number_of_threads_does_not_matter():
    array = pyarrow.array([None if number % 7 == 0 else str(number) for number in range(10_000)])
    one = pyarrow.array(qrmint.arrow.png(array, threads=1))
    assert all(pyarrow.array(qrmint.arrow.png(array, threads=threads)).equals(one) for threads in (None, 2, 7))


def test_repr_shows_no_content():
    images = qrmint.arrow.png(pyarrow.array(["secret", None]))
    assert repr(images) == "<qrmint.arrow.Array Binary of 2 rows, 1 null>"


def test_a_stream_that_fails_tells_why():
    def batches():
        yield pyarrow.record_batch({"url": TEXTS})
        raise OSError("the disk is gone")

    with pytest.raises(RuntimeError, match="the disk is gone"):
        qrmint.arrow.png(pyarrow.RecordBatchReader.from_batches(pyarrow.schema({"url": "string"}), batches()))


def test_an_exporter_that_fails_raises_its_error():
    class Failing:
        def __arrow_c_stream__(self, requested_schema=None):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        qrmint.arrow.png(Failing())


def test_a_capsule_can_be_taken_once():
    array = pyarrow.array(TEXTS)
    stream = Stream(pyarrow.chunked_array([array]).__arrow_c_stream__())
    assert drawn(stream) == pngs(TEXTS)
    with pytest.raises(ValueError, match="stream was used before"):
        qrmint.arrow.png(stream)

    arrays = Arrays(*array.__arrow_c_array__())
    assert drawn(arrays) == pngs(TEXTS)
    with pytest.raises(ValueError, match="schema was used before"):
        qrmint.arrow.png(arrays)
    with pytest.raises(ValueError, match="array was used before"):
        qrmint.arrow.png(Arrays(array.__arrow_c_array__()[0], arrays.capsules[1]))


def test_capsules_of_another_kind_are_refused():
    array = pyarrow.array(TEXTS)
    schema, exported = array.__arrow_c_array__()
    for exporter in [Stream(schema), Stream(None), Arrays(exported, schema), Arrays(schema), Arrays(schema, "array")]:
        with pytest.raises((TypeError, ValueError)):
            qrmint.arrow.png(exporter)


def numbers(capsule):
    """Returns length, null count, offset, number of buffers and of children of the array in a capsule, to be changed."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return (ctypes.c_int64 * 5).from_address(pointer(capsule, b"arrow_array"))


@pytest.mark.parametrize("kind", ["string", "large_binary", "string_view"])
@pytest.mark.parametrize("change", [(0, -1), (0, 2**62), (2, -1), (2, 2**62), (3, 0)])
def test_malformed_arrays_are_refused(kind, change):
    schema, exported = pyarrow.array(["first", "second"], kind).__arrow_c_array__()
    index, number = change
    numbers(exported)[index] = number
    with pytest.raises(ValueError):
        qrmint.arrow.png(Arrays(schema, exported))


@pytest.mark.parametrize("form", [b"w:-5", b"w:", b"+l", b"+r", b"+m", b"\xff", b"", b"tsq:\xff"])
def test_malformed_types_are_refused(form):
    schema, exported = pyarrow.array(["first"]).__arrow_c_array__()
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    ctypes.c_char_p.from_address(pointer(schema, b"arrow_schema")).value = form
    with pytest.raises((TypeError, ValueError)):
        qrmint.arrow.png(Arrays(schema, exported))


def test_malformed_batches_are_refused():
    schema, exported = pyarrow.record_batch({"url": TEXTS}).__arrow_c_array__()
    numbers(exported)[4] = 0
    with pytest.raises(ValueError, match="0 columns, 1 in its schema"):
        qrmint.arrow.png(Arrays(schema, exported))


def test_strings_that_are_not_utf_8_are_refused():
    array = pyarrow.array([b"caf\xe9"]).view("string")
    with pytest.raises(ValueError, match="(?i)utf-?8"):
        qrmint.arrow.png(array)


def test_offsets_that_go_back_are_refused():
    offsets = pyarrow.array([0, 4, 2, 5], "int32").buffers()[1]
    array = pyarrow.StringArray.from_buffers(3, offsets, pyarrow.py_buffer(b"hello"))
    with pytest.raises(ValueError, match="(?i)offset"):
        qrmint.arrow.png(array)


def test_keys_beyond_the_dictionary_are_refused():
    keys = pyarrow.array([0, 7], "int8")
    array = pyarrow.DictionaryArray.from_arrays(keys, pyarrow.array(["hello"]), safe=False)
    with pytest.raises(ValueError):
        qrmint.arrow.png(array)


@pytest.mark.parametrize("view", [(40, 0, 0, 9), (40, 0, 1, 0), (40, 0, 0, -1), (-1, 0, 0, 0), (2**30, 0, 0, 0)])
def test_views_beyond_their_buffer_are_refused(view):
    views = pyarrow.py_buffer(struct.pack("<iiii", *view))
    array = pyarrow.Array.from_buffers(pyarrow.binary_view(), 1, [None, views, pyarrow.py_buffer(b"x" * 40)])
    with pytest.raises(ValueError):
        qrmint.arrow.png(array)


def test_threads_may_call_at_the_same_time():
    array = pyarrow.array([str(number) for number in range(5_000)])
    expected = drawn(array)
    with ThreadPoolExecutor(4) as threads:
        assert all(images == expected for images in threads.map(drawn, [array] * 8))


@pytest.mark.parametrize("function", [qrmint.arrow.png, qrmint.arrow.info])
def test_a_signal_stops_the_call(function):
    array = pyarrow.array(["x" * 300] * 100_000)
    start = time.monotonic()
    function(array, threads=1)
    uninterrupted = time.monotonic() - start
    start = time.monotonic()
    with pytest.raises(InterruptedError):
        interrupt_after(uninterrupted / 20, lambda: function(array, threads=1))
    assert time.monotonic() - start < uninterrupted / 2


def test_a_signal_stops_the_taking_of_a_stream_without_end():
    batches = pyarrow.RecordBatchReader.from_batches(
        pyarrow.schema({"url": "string"}), itertools.repeat(pyarrow.record_batch({"url": ["first"]}))
    )
    with pytest.raises(InterruptedError):
        interrupt_after(0.1, lambda: qrmint.arrow.png(batches))


def test_a_process_may_fork_between_calls():
    array = pyarrow.array([str(number) for number in range(1_000)])
    before = drawn(array, threads=2)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if drawn(array, threads=2) == before else 1
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
