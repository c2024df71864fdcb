"""Many codes: the same pictures as one by one, on all cores, and what interrupts them."""

import itertools
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import qrmint

METHODS = {"png": "png", "svg": "svg", "pdf": "pdf", "eps": "eps", "zpl": "zpl", "txt": "text"}
CONTENTS: list[str | bytes] = [f"https://example.com/{number}" for number in range(300)]
CONTENTS += ["", "Grüße", b"\xff\0", "x" * 500, "12345"] * 2


def one_by_one(contents: list[str | bytes], kind: str, **style: object) -> list[bytes]:
    pictures = [getattr(qrmint.make(content), METHODS[kind])(**style) for content in contents]
    return [picture.encode() if isinstance(picture, str) else picture for picture in pictures]


@pytest.mark.parametrize("kind", METHODS)
@pytest.mark.parametrize("threads", [None, 1, 2, 3, 64])
def test_many_are_the_same_as_one_by_one(kind: str, threads: int | None) -> None:
    assert qrmint.make_many(CONTENTS, kind=kind, threads=threads) == one_by_one(CONTENTS, kind)
    assert qrmint.make_many(CONTENTS, "M", kind=kind.upper(), threads=threads, border=2) == one_by_one(
        CONTENTS, kind, border=2
    )


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 127, 128, 129, 256, 257, 4095, 4096, 4097, 20_000])
def test_any_number_of_contents_in_order(count: int) -> None:
    contents = [str(number) for number in range(count)]
    pictures = qrmint.make_many(contents, kind="txt")
    assert len(pictures) == count
    assert len(set(pictures)) == count
    for index in {0, count // 2, count - 1} & {*range(count)}:
        assert pictures[index] == qrmint.make(contents[index]).text().encode()


def test_the_arguments_of_a_symbol() -> None:
    arguments = {"version": 5, "mask": 3, "eci": 26, "segmentation": "bytes"}
    assert qrmint.make_many(["1"], "q", **arguments) == [qrmint.make("1", "q", **arguments).png()]
    assert qrmint.make_many(["1"], error="l", boost_error=True) == [qrmint.make("1", "h").png()]


def test_any_iterable_will_do() -> None:
    expected = one_by_one(["a", "b"], "png")
    generator = (content for content in ["a", "b"])
    for contents in [["a", "b"], ("a", "b"), {"a": 1, "b": 2}, generator, iter(["a", "b"]), map(str, ["a", "b"])]:
        assert qrmint.make_many(contents) == expected
    assert list(generator) == []
    for nothing in [[], (), iter([]), range(0)]:
        assert qrmint.make_many(nothing) == []


def test_an_iterator_that_has_ended_is_not_asked_again() -> None:
    ends = 0

    class Once:
        def __init__(self) -> None:
            self.rest = ["a", "b"]

        def __iter__(self) -> "Once":
            return self

        def __next__(self) -> str:
            nonlocal ends
            if not self.rest:
                ends += 1
                raise StopIteration
            return self.rest.pop()

    assert len(qrmint.make_many(Once())) == 2
    assert ends == 1


@pytest.mark.parametrize("index", [0, 1, 64, 1000, 9999])
@pytest.mark.parametrize("threads", [1, 2, None])
def test_content_that_does_not_fit_tells_its_index(index: int, threads: int | None) -> None:
    contents = ["hello"] * 10_000
    contents[index] = "x" * 3000
    contents[-1] = "x" * 4000
    with pytest.raises(qrmint.DataOverflowError) as caught:
        qrmint.make_many(contents, threads=threads)
    assert (caught.value.index, caught.value.bytes) == (index, 3000 if index < 9999 else 4000)
    assert str(caught.value).startswith(f"content {index}: content too long: ")


@pytest.mark.parametrize("index", [0, 1000])
def test_other_errors_tell_the_index_in_a_note(index: int) -> None:
    for wrong, error, message in [
        (5, TypeError, "content must be str or bytes, not int"),
        (None, TypeError, "content must be str or bytes, not NoneType"),
        (
            "\ud800",
            UnicodeEncodeError,
            "'utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed",
        ),
        ("x" * 300, ValueError, "too small: 40 x 40 pixels, at least 77 x 77 pixels"),
    ]:
        with pytest.raises(error) as caught:
            qrmint.make_many([*["hello"] * index, wrong], pixels=40)
        assert (type(caught.value), str(caught.value)) == (error, message)
        assert caught.value.__notes__ == [f"content {index}"]


def test_wrong_arguments_take_no_content() -> None:
    def untouched() -> Iterator[str]:
        raise AssertionError("asked for a content")
        yield ""

    for arguments, error, message in [
        ({"kind": "gif"}, ValueError, "kind must be 'png', 'svg', 'pdf', 'eps', 'zpl' or 'txt', not 'gif'"),
        ({"threads": 0}, ValueError, "threads must be from 1 to 1024, not 0"),
        ({"threads": 1025}, ValueError, "threads must be from 1 to 1024, not 1025"),
        ({"threads": "2"}, TypeError, "threads must be int, not str"),
        ({"version": 41}, ValueError, "version must be from 1 to 40, not 41"),
        ({"scale": 0}, ValueError, "scale must be from 1 to 255, not 0"),
        ({"other": 1}, TypeError, "make_many() got an unexpected keyword argument 'other'"),
    ]:
        with pytest.raises(error) as caught:
            qrmint.make_many(untouched(), **arguments)
        assert str(caught.value) == message
    with pytest.raises(TypeError, match="^'int' object is not iterable$"):
        qrmint.make_many(5)


@pytest.mark.parametrize("count", [0, 10, 5000])
def test_the_error_of_an_iterator_comes_through(count: int) -> None:
    def failing() -> Iterator[str]:
        yield from map(str, range(count))
        raise ZeroDivisionError("no")

    with pytest.raises(ZeroDivisionError, match="^no$"):
        qrmint.make_many(failing())

    class NoIterator:
        def __iter__(self) -> int:
            return 5

    with pytest.raises(TypeError):
        qrmint.make_many(NoIterator())


def test_an_iterator_may_call_the_package_and_change_its_source() -> None:
    contents = ["a"]

    def growing() -> Iterator[str]:
        for content in contents:
            yield content
            if len(contents) < 500:
                contents.extend(["b", "c"])
                qrmint.make_many(contents[:3])
            elif len(contents) > 400:
                contents.pop()

    pictures = qrmint.make_many(growing())
    assert pictures[:2] == one_by_one(["a", "b"], "png")


@pytest.mark.parametrize(
    ("content", "style"), [("hello", {}), ("x" * 2331, {"kind": "pdf"}), ("x" * 2331, {"kind": "zpl"})]
)
def test_an_interrupt_ends_a_call_soon(content: str, style: dict[str, str]) -> None:
    interrupted = 0.0

    def interrupt() -> None:
        nonlocal interrupted
        interrupted = time.monotonic()
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.4, interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        qrmint.make_many(itertools.repeat(content), threads=1, **style)
    # About a second on an idle core.
    assert time.monotonic() - interrupted < 60
    timer.join()


def test_other_threads_run_meanwhile() -> None:
    ticks: list[float] = []
    done = threading.Event()

    def tick() -> None:
        while not done.wait(0.001):
            ticks.append(time.monotonic())

    thread = threading.Thread(target=tick)
    thread.start()
    # So few that they are drawn at a stretch.
    contents = ["x" * 2331] * 60
    start = time.monotonic()
    qrmint.make_many(contents, kind="zpl", scale=40, threads=1)
    end = time.monotonic()
    done.set()
    thread.join()
    assert sum(start < moment < end for moment in ticks) > 200 * (end - start)


def test_many_python_threads_at_once() -> None:
    expected = one_by_one(CONTENTS, "png")
    qr = qrmint.make("shared")
    picture = qr.svg()

    def work(number: int) -> bool:
        code = qrmint.make(CONTENTS[number])
        return qrmint.make_many(CONTENTS) == expected and qr.svg() == picture and code.png() == expected[number]

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(48)))


def test_one_iterator_shared_by_threads() -> None:
    numbers = itertools.count()
    contents = iter(lambda: str(next(numbers)), "5000")
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda _: qrmint.make_many(contents, kind="txt"), range(4)))
    assert sorted(itertools.chain(*parts)) == sorted(qrmint.make_many(map(str, range(5000)), kind="txt"))


def test_a_process_may_fork_after_a_call() -> None:
    expected = qrmint.make_many(CONTENTS)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.write(writer, b"same" if qrmint.make_many(CONTENTS) == expected else b"other")
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    assert os.read(reader, 10) == b"same"
    os.close(reader)
    assert os.waitpid(child, 0)[1] == 0


def test_a_process_may_fork_during_a_call() -> None:
    """The child has none of the threads that were drawing, and waits for none."""
    shapes = [(scale, border) for scale in range(1, 9) for border in range(8)]
    is_done = threading.Event()

    def draw() -> None:
        while not is_done.is_set():
            for scale, border in shapes:
                qrmint.make_many(["a", "b" * 60], threads=1, scale=scale, border=border)

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        for _ in range(100):
            child = os.fork()
            if child == 0:
                # Ends a child that hangs.
                signal.setitimer(signal.ITIMER_REAL, 20)
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                try:
                    for scale, border in shapes:
                        qrmint.make("a").png(scale, border)
                finally:
                    os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        is_done.set()
        thread.join()


def lengths(count: int) -> list[int]:
    return [len(picture) for picture in qrmint.make_many(map(str, range(count)))]


def test_processes_of_multiprocessing() -> None:
    expected = lengths(1000)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(lengths, [1000, 1000, 1000]) == [expected] * 3


def test_no_thread_is_left_after_a_call() -> None:
    def count() -> int:
        return len(os.listdir("/proc/self/task"))

    before = count()
    qrmint.make_many(CONTENTS, threads=64)
    # The kernel lists a thread a little longer than it runs.
    deadline = time.monotonic() + 5
    while count() > before and time.monotonic() < deadline:
        time.sleep(0.001)
    assert count() <= before


@pytest.mark.parametrize("content", ["https://example.com", b"https://example.com"])
def test_one_content_is_not_many(content: str | bytes) -> None:
    with pytest.raises(TypeError, match="^contents must be an iterable of str or bytes, not (str|bytes)$"):
        qrmint.make_many(content)  # type: ignore[arg-type, unused-ignore]
