"""Prints what each feature of the engine brings, as a table in Markdown; fails if the file lacks a row of it or has another.

    check_dependencies.py docs/decisions.md
"""

import json
import pathlib
import subprocess
import sys


def cargo(*arguments):
    command = ["cargo", *arguments, "--locked"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def packages(features, *options):
    """Returns the names and versions of the packages that the engine then needs, but for itself."""
    # For one target, since some packages have dependencies for others alone. A repeated package ends in `(*)`.
    arguments = ["-p", "qrmint", "-e", "normal", "--prefix", "none", "--target", "x86_64-unknown-linux-gnu", *features, *options]
    return {tuple(line.split()[:2]) for line in cargo("tree", *arguments).splitlines() if not line.startswith("qrmint ")}


def row(name, *features):
    direct = sorted(f"`{package}`" for package, _ in packages(features, "--depth", "1"))
    return f"| {name} | {len(packages(features))} | {', '.join(direct) or 'none'} |"


def main(file):
    metadata = json.loads(cargo("metadata", "--format-version", "1", "--no-deps"))
    (engine,) = (package for package in metadata["packages"] if package["name"] == "qrmint")
    alone = sorted(feature for feature in engine["features"] if feature != "default")
    table = [
        "| feature | packages | our own dependencies among them |",
        "|---|---|---|",
        row("none", "--no-default-features"),
        *(row(f"`{feature}`", "--no-default-features", "--features", feature) for feature in alone),
        row("`default`"),
        row("all", "--all-features"),
    ]
    print("\n".join(table))
    # With the empty line at its end, so that the file has no further row.
    if "\n".join(table) + "\n\n" not in pathlib.Path(file).read_text(encoding="utf-8"):
        sys.exit(f"{file} has another table")


main(*sys.argv[1:])
