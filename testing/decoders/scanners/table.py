"""Reads each image of a folder with zbar and zxing-cpp, compares with the content beside it and prints who read how many."""

import collections
import pathlib
import subprocess
import sys

import zxingcpp
from PIL import Image


def zbar(path):
    # Binary: the bytes as they are, without a guess at their character set.
    command = ["zbarimg", "--quiet", "--raw", "--oneshot", "--nodbus", "-Sbinary", str(path)]
    return subprocess.run(command, capture_output=True, check=False).stdout


def zxing(path):
    with Image.open(path) as image:
        codes = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    return codes[0].bytes if codes else b""


def main(folder):
    read = collections.defaultdict(lambda: [0, 0, 0])
    missed = []
    for image in sorted(folder.glob("*.png")):
        content = image.with_suffix(".bin").read_bytes()
        version = int(image.stem.split("-")[2])
        row = read[(version - 1) // 10]
        row[0] += 1
        for column, scanner in enumerate((zbar, zxing), start=1):
            if scanner(image) == content:
                row[column] += 1
            else:
                missed.append(f"{scanner.__name__}: {image.stem}, {len(content)} bytes")
    print(f"{'versions':>10} {'images':>8} {'zbar':>8} {'zxing-cpp':>10}")
    for tens, (images, by_zbar, by_zxing) in sorted(read.items()):
        print(f"{f'{10 * tens + 1}-{10 * tens + 10}':>10} {images:>8} {by_zbar:>8} {by_zxing:>10}")
    print("\n".join(["", "not read:", *missed]) if missed else "\nall were read by both")


main(pathlib.Path(sys.argv[1]))
