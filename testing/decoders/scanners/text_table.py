"""Compares what each reader made of each image with the text beside it; prints who got how many right, and what became of the others.

    text_table.py FOLDER READER...

An image is `NUMBER-ENCODING.png`, its text `NUMBER-ENCODING.txt`, what a reader made of it `NUMBER-ENCODING.READER`; the reader failed if
that is missing.
"""

import pathlib
import sys

ENCODINGS = ["Utf8Eci", "Utf8", "Latin1"]


def row(cells):
    return f"| {' | '.join(cells)} |"


def fate(read, text):
    """Returns `None` if the reader's text is right, else what became of it and how to show that."""
    if read == text:
        return None
    if read is None:
        return "failed", "failed"
    if not read:
        return "empty", "empty"
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in read).replace("|", "\\|")
    # Keyboard wedges type an ECI as `\000026`; so do some libraries.
    return ("escape sequence" if read.startswith("\\0000") else "wrong text"), f"`{shown}`"


def main(folder, *readers):
    counts = {}
    failures = []
    for path in sorted(pathlib.Path(folder).glob("*.txt")):
        text, encoding = path.read_text(encoding="utf-8"), path.stem.split("-")[1]
        for reader in readers:
            made = path.with_suffix("." + reader)
            read = made.read_bytes().decode("utf-8", errors="replace") if made.exists() else None
            count = counts.setdefault((reader, encoding), {"texts": 0})
            count["texts"] += 1
            if (what := fate(read, text)) is not None:
                count[what[0]] = count.get(what[0], 0) + 1
                failures.append((encoding, text, reader, what[1]))

    print(row(["reader", *(f"`{encoding}`" for encoding in ENCODINGS)]))
    print(row(["---"] * (1 + len(ENCODINGS))))
    for reader in readers:
        cells = []
        for encoding in ENCODINGS:
            count = dict(counts[reader, encoding])
            texts = count.pop("texts")
            right = f"{texts - sum(count.values())} of {texts}"
            cells.append(", ".join([right, *(f"{number} {what}" for what, number in count.items())]))
        print(row([reader, *cells]))

    print("\nNot right:\n")
    print(row(["encoding", "text", *readers]))
    print(row(["---"] * (2 + len(readers))))
    shown = {}
    for encoding, text, reader, what in failures:
        shown.setdefault((encoding, text), {})[reader] = what
    for (encoding, text), made in sorted(shown.items(), key=lambda item: ENCODINGS.index(item[0][0])):
        print(row([f"`{encoding}`", text, *(made.get(reader, "right") for reader in readers)]))


main(*sys.argv[1:])
