"""Draws the same badges with each engine and compares the bytes with those of qrmint.make_many.

python compare.py 100000 duckdb polars datafusion spark

Prints for each engine the seconds from the start of its process to its end, and the seconds of all CPUs, in which Spark's
workers are not counted.
"""

import hashlib
import os
import pathlib
import sys
import tempfile
import time

import pyarrow
import pyarrow.parquet

import qrmint


def url(number):
    return f"https://example.com/badge/{number}"


def digest(pictures):
    digest = hashlib.sha256()
    for picture in pictures:
        digest.update(len(picture).to_bytes(8))
        digest.update(picture)
    return digest.hexdigest()


def codes(path):
    """Yields the codes of a Parquet file, or of a folder of them, in the order of their numbers."""
    table = pyarrow.parquet.read_table(path).sort_by("id")
    if table["id"].to_pylist() != list(range(len(table))):
        sys.exit(f"{path} lacks rows or has some twice")
    for batch in table.to_batches(10_000):
        yield from batch["png"].to_pylist()


def run(engine, source, target):
    """Runs the example of an engine. Returns the seconds and the seconds of all CPUs that it took."""
    start = time.perf_counter()
    script = pathlib.Path(__file__).with_name(f"with_{engine}.py")
    child = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, script, source, target])
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"{script} failed")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime


def main(rows, engines):
    with tempfile.TemporaryDirectory() as folder:
        source = f"{folder}/badges.parquet"
        badges = {"id": range(rows), "url": map(url, range(rows))}
        table = pyarrow.table({name: pyarrow.array(values) for name, values in badges.items()})
        pyarrow.parquet.write_table(table, source, row_group_size=50_000)
        digests = set()
        for engine in engines:
            target = f"{folder}/{engine}.parquet"
            seconds, cpu = run(engine, source, target)
            digests.add(found := digest(codes(target)))
            print(f"{found[:16]}  {engine:10}  {seconds:6.2f} s  {cpu:6.2f} s", flush=True)
        start = time.perf_counter()
        pictures = qrmint.make_many(map(url, range(rows)))
        seconds = time.perf_counter() - start
        digests.add(found := digest(pictures))
        print(f"{found[:16]}  make_many   {seconds:6.2f} s")
    if len(digests) != 1:
        sys.exit("not all bytes are the same")


main(int(sys.argv[1]), sys.argv[2:])
