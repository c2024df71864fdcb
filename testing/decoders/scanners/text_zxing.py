"""Writes the text that zxing-cpp reads from each image of a folder beside it, if it finds a code."""

import pathlib
import sys

import zxingcpp
from PIL import Image

for path in pathlib.Path(sys.argv[1]).glob("*.png"):
    with Image.open(path) as image:
        codes = zxingcpp.read_barcodes(image.convert("L"))
    if codes:
        path.with_suffix(".zxing-cpp").write_bytes(codes[0].text.encode())
