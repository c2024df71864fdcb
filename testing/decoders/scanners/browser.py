"""Reads the screenshots of web pages and compares them with the PNG of the same style."""

import pathlib
import shutil
import subprocess
import sys

import zxingcpp
from PIL import Image

# Their sizes on the screen are no whole number of pixels a module.
SCALED = ("millimetres", "no-size", "two-inches")
# The margin of a page's body.
MARGIN = 8

pages, shots = map(pathlib.Path, sys.argv[1:])
zbar = shutil.which("zbarimg")
failed = compared = read = 0
for shot in sorted(shots.glob("*.png")):
    name, kind = shot.name.removesuffix(".png").rsplit(".", 1)
    name = name.removesuffix("-image")
    content = (pages / f"{name}.txt").read_text()
    with Image.open(shot) as opened, Image.open(pages / f"{name}.png") as png:
        image = opened.convert("RGB")
        wanted = Image.new("RGBA", png.size, "white")
        wanted.alpha_composite(png.convert("RGBA"))
    wanted = wanted.convert("RGB")
    margin = 0 if kind == "svg" else MARGIN
    if not name.endswith(SCALED):
        corner = (margin, margin, margin + wanted.width, margin + wanted.height)
        compared += 1
        if image.crop(corner).tobytes() != wanted.tobytes():
            failed += 1
            print(f"{shot.name}: other pixels than the PNG")
    # Readers need two pixels a module.
    if name.endswith("scale-1") or name in ("long-millimetres", "long-two-inches"):
        continue
    texts = {"zxing-cpp": [code.text for code in zxingcpp.read_barcodes(image)]}
    if zbar:
        done = subprocess.run([zbar, "--quiet", "--raw", "--nodbus", shot], capture_output=True, text=True)
        texts["zbar"] = [done.stdout.removesuffix("\n")]
    for reader, text in texts.items():
        read += 1
        if text != [content]:
            failed += 1
            print(f"{shot.name}: {reader} reads {len(text)} codes, not the content")
print(f"{compared} pictures compared by pixels, {read} read, {failed} failures")
sys.exit(failed > 0 or not compared)
