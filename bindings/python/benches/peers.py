"""Times text to PNG bytes beside other packages, all in one process and in turns, and `make_many`.

    pip install --requirement benches/requirements.txt
    python benches/peers.py            # prints tables in Markdown
    python benches/peers.py --check    # fails unless qrmint is 500 times as fast as segno and qrcode at every size

All use level M, scale 8 and border 4, and choose version and mask. The texts are addresses with random letters.
"""

import argparse
import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from random import Random
from string import ascii_lowercase

import qrcode
import qrcode.image.pil
import qrcode.image.pure
import qrcodegen
import qrmint
import segno

SIZES = [25, 60, 250, 1_000]
MANY = 100_000
MUST = 500

START = "https://example.com/"
random = Random(1)


def texts(length: int, count: int) -> list[str]:
    """Returns addresses of this length with random letters."""
    return [START + "".join(random.choices(ascii_lowercase, k=length - len(START))) for _ in range(count)]


def with_qrmint(content: str) -> bytes:
    return qrmint.make(content).png()


def with_segno(content: str) -> bytes:
    out = io.BytesIO()
    # The fastest level of compression: the default, 9, takes longer.
    segno.make_qr(content, error="m", boost_error=False).save(out, kind="png", scale=8, border=4, compresslevel=1)
    return out.getvalue()


def with_qrcode(content: str, factory: type) -> bytes:
    qr = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=8, border=4, image_factory=factory)
    qr.add_data(content)
    out = io.BytesIO()
    qr.make_image().save(out)
    return out.getvalue()


def with_qrcode_and_pillow(content: str) -> bytes:
    return with_qrcode(content, qrcode.image.pil.PilImage)


def with_qrcode_and_pypng(content: str) -> bytes:
    return with_qrcode(content, qrcode.image.pure.PyPNGImage)


def with_qrcodegen(content: str) -> object:
    segments = qrcodegen.QrSegment.make_segments(content)
    return qrcodegen.QrCode.encode_segments(segments, qrcodegen.QrCode.Ecc.MEDIUM, boostecl=False)


# What is timed, how many calls make a turn, and whether the ratio must hold.
PEERS: dict[str, tuple[Callable[[str], object], int, bool]] = {
    "qrmint": (with_qrmint, 2_000, False),
    "segno": (with_segno, 2, True),
    "qrcode, Pillow": (with_qrcode_and_pillow, 1, True),
    "qrcode, pypng": (with_qrcode_and_pypng, 1, True),
    "qrcodegen, modules only": (with_qrcodegen, 1, False),
}


def seconds(call: Callable[[str], object], contents: list[str]) -> float:
    """Returns the seconds for one content."""
    start = time.perf_counter()
    for content in contents:
        call(content)
    return (time.perf_counter() - start) / len(contents)


def one_by_one(rounds: int) -> dict[int, dict[str, float]]:
    """Returns the median of the rounds for every size and package. Packages take turns within a round."""
    samples: dict[int, dict[str, list[float]]] = {size: {name: [] for name in PEERS} for size in SIZES}
    for _ in range(rounds):
        for size in SIZES:
            for name, (call, count, _) in PEERS.items():
                samples[size][name].append(seconds(call, texts(size, count)))
    return {size: {name: statistics.median(times) for name, times in row.items()} for size, row in samples.items()}


def many(rounds: int) -> Iterator[tuple[str, float]]:
    """Yields the images per second of `make_many` with one thread and with all."""
    contents = texts(SIZES[0], MANY)
    samples: dict[int | None, list[float]] = {1: [], None: []}
    for _ in range(rounds):
        for threads, times in samples.items():
            start = time.perf_counter()
            pictures = qrmint.make_many(contents, threads=threads)
            times.append(time.perf_counter() - start)
            assert len(pictures) == MANY
            del pictures
    for threads, times in samples.items():
        name = "1 thread" if threads == 1 else f"all {os.cpu_count()} CPUs"
        yield name, MANY / statistics.median(times)


def human(duration: float) -> str:
    return f"{duration * 1e6:.1f} µs" if duration < 1e-3 else f"{duration * 1e3:.1f} ms"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help=f"fail unless {MUST} times as fast")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()

    medians = one_by_one(arguments.rounds)
    print(
        f"| text to PNG, median of {arguments.rounds} | " + " | ".join(f"{size:,} characters" for size in SIZES) + " |"
    )
    print("|---|" + "---:|" * len(SIZES))
    for name in PEERS:
        cells = []
        for size in SIZES:
            duration, ratio = medians[size][name], medians[size][name] / medians[size]["qrmint"]
            cells.append(human(duration) if name == "qrmint" else f"{human(duration)}, {ratio:,.0f} x")
        print(f"| {name} | " + " | ".join(cells) + " |")

    print(f"\n| `make_many`, {MANY:,} texts of {SIZES[0]} characters | images/s |\n|---|---:|")
    for name, rate in many(arguments.rounds):
        print(f"| {name} | {rate:,.0f} |")

    short = [
        f"{name} at {size} characters: {row[name] / row['qrmint']:.0f} times, must be {MUST}"
        for size, row in medians.items()
        for name, (_, _, must) in PEERS.items()
        if must and row[name] < MUST * row["qrmint"]
    ]
    for line in short:
        print(line, file=sys.stderr)
    return 1 if short and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
