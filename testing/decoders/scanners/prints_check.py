"""Checks the prints of a folder, which `examples/prints.rs` wrote, and prints how many were right. Exits with 1 unless all are.

    prints_check.py FOLDER

Files: `qpdf --check` has no warning; each title is read back; black is black ink alone; EPS leaves nothing behind. Pictures: rendered
at the resolution of the print, every page has as many pixels as the PNG of the same style, and the same are dark. zbar and zxing-cpp
read the pictures, at that resolution and at 150 dpi, if a module has enough pixels for them.
"""

import collections
import math
import pathlib
import subprocess
import sys

import zxingcpp
from PIL import Image, ImageChops

try:
    from zebrafy import ZebrafyZPL
except ImportError:
    ZebrafyZPL = None

GHOSTSCRIPT = ["gs", "-q", "-dSAFER", "-dNOPAUSE", "-dBATCH"]
BLACK_ON_WHITE = ("#000000", "#ffffff")
COARSE = 150
# Pixels of a module with which both readers read every version.
READABLE = 3

# Whether a file leaves stacks and dictionaries as they were. The two names are definitions too.
BEFORE = "/names userdict length 2 add def /depth countdictstack def"
AFTER = "count 0 eq countdictstack depth eq and userdict length names eq and {(clean)} {(not clean)} ifelse ="


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def poppler(file, dpi, *options):
    run("pdftoppm", "-singlefile", "-r", dpi, *options, file, file.with_suffix(""))
    suffix = ".pbm" if "-mono" in options else ".ppm"
    return opened(file.with_suffix(suffix))


def ghostscript(file, dpi, *options):
    image = file.with_suffix(".ppm")
    run(*GHOSTSCRIPT, "-sDEVICE=ppmraw", f"-r{dpi}", "-dEPSCrop", *options, f"-sOutputFile={image}", file)
    return opened(image)


def opened(file):
    with Image.open(file) as image:
        return image.convert("RGB")


def on_white(file):
    with Image.open(file) as image:
        image = image.convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image)
    return paper.convert("RGB")


def fields(file):
    """Returns the graphic fields of a label, one below the other."""
    images = [image.convert("L") for image in ZebrafyZPL(file.read_text()).to_images()]
    label = Image.new("L", (images[0].width, sum(image.height for image in images)))
    y = 0
    for image in images:
        label.paste(image, (0, y))
        y += image.height
    return label.convert("RGB")


def nearer(image, dark, light):
    """Returns an image of one bit: white where a pixel is nearer to `light` than to `dark`."""

    def distance(color):
        return ImageChops.difference(image, Image.new("RGB", image.size, color)).convert("L")

    return ImageChops.subtract(distance(dark), distance(light)).point(lambda value: 255 if value else 0).convert("1")


def zbar(image, folder):
    file = folder / "zbar.png"
    image.save(file)
    command = ["zbarimg", "--quiet", "--raw", "--oneshot", "--nodbus", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.removesuffix("\n")


def zxing(image, _):
    codes = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return codes[0].text if codes else ""


class Counts:
    """How many prints were right, by what was checked; and what was wrong."""

    def __init__(self):
        self.tried = collections.Counter()
        self.wrong = []

    def check(self, name, what, is_right, detail=""):
        self.tried[what] += 1
        if not is_right:
            self.wrong.append((name, what, detail))

    def report(self):
        wrong = collections.Counter(what for _, what, _ in self.wrong)
        for what, tried in self.tried.items():
            print(f"{tried - wrong[what]:>3} of {tried:>2}: {what}")
        for name, what, detail in self.wrong:
            print(f"wrong: {name}, {what} {detail}")


def check_files(name, file, title, is_black, counts):
    pdf, eps = file.with_suffix(".pdf"), file.with_suffix(".eps")
    checked = run("qpdf", "--check", pdf)
    counts.check(name, "PDF, qpdf: no warning", "WARNING" not in checked, checked)
    shown = next(line for line in run("pdfinfo", pdf).splitlines() if line.startswith("Title:"))
    counts.check(name, "PDF, pdfinfo: the title", shown.removeprefix("Title:").strip() == title, shown)
    if is_black:
        for kind, printed in {"PDF": pdf, "EPS": eps}.items():
            inks = run(*GHOSTSCRIPT, "-dEPSCrop", "-sDEVICE=inkcov", "-o", "-", printed).split()
            black = inks[:3] == ["0.00000"] * 3 and float(inks[3]) > 0
            counts.check(name, f"{kind}, Ghostscript: black ink alone", black, inks)
    state = run(*GHOSTSCRIPT, "-sDEVICE=nullpage", "-c", BEFORE, "-f", eps, "-c", AFTER).strip()
    counts.check(name, "EPS, Ghostscript: nothing left behind", state == "clean", state)


def check_print(folder, line, counts):
    name, side, module, dpi, dark, light, title = line.split("\t")
    side, module, dpi = int(side), int(module), int(dpi)
    is_black = (dark, light) == BLACK_ON_WHITE
    file = folder / name
    pdf, eps, png = (file.with_suffix(suffix) for suffix in (".pdf", ".eps", ".png"))
    check_files(name, file, title, is_black, counts)

    images = {
        "PDF, poppler": poppler(pdf, dpi),
        "PDF, poppler, not smoothed": poppler(pdf, dpi, "-aaVector", "no"),
        "PDF, Ghostscript": ghostscript(pdf, dpi),
        "EPS, Ghostscript": ghostscript(eps, dpi),
        "EPS, Ghostscript, smoothed": ghostscript(eps, dpi, "-dGraphicsAlphaBits=4"),
    }
    if is_black:
        images["PDF, poppler, one bit"] = poppler(pdf, dpi, "-mono")
    labels = {}
    if (label := file.with_suffix(".label.png")).exists():
        labels["ZPL, zpl-renderer-js"] = opened(label)
    if ZebrafyZPL:
        labels["ZPL, zebrafy"] = fields(file.with_suffix(".zpl")).crop((0, 0, side, side))
    expected = nearer(on_white(png), dark, light)
    for kind, image in (images | labels).items():
        # A label is black on white, whatever the colours.
        got = nearer(image, *(BLACK_ON_WHITE if kind in labels else (dark, light)))
        same = got.size == expected.size and not ImageChops.logical_xor(got, expected).getbbox()
        counts.check(name, f"{kind}: the pixels of the PNG", same, f"{got.size}, {expected.size} pixels")

    coarse = {
        f"PDF, poppler, {COARSE} dpi": poppler(pdf, COARSE),
        f"PDF, Ghostscript, {COARSE} dpi": ghostscript(pdf, COARSE, "-dGraphicsAlphaBits=4"),
        f"EPS, Ghostscript, {COARSE} dpi": ghostscript(eps, COARSE, "-dGraphicsAlphaBits=4"),
    }
    pixels = side * COARSE / dpi
    for kind, image in coarse.items():
        as_large = all(math.floor(pixels) <= size <= math.ceil(pixels) for size in image.size)
        counts.check(name, f"{kind}: the size", as_large, f"{image.size}, {pixels} pixels")

    content = file.with_suffix(".txt").read_text(encoding="utf-8")
    readable = images | labels if module >= READABLE else {}
    if module * COARSE / dpi >= READABLE:
        readable |= coarse
    for kind, image in readable.items():
        for reader in (zbar, zxing):
            counts.check(name, f"{kind}: read by {reader.__name__}", reader(image, folder) == content)


def main(folder):
    counts = Counts()
    for line in (folder / "prints.tsv").read_text(encoding="utf-8").splitlines():
        check_print(folder, line, counts)
    counts.report()
    return 1 if counts.wrong else 0


sys.exit(main(pathlib.Path(sys.argv[1])))
