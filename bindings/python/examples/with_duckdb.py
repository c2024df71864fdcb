"""Draws the URLs of a Parquet file in DuckDB: python with_duckdb.py badges.parquet codes.parquet"""

import sys

import duckdb

import qrmint.arrow


def qr_png(urls):
    return qrmint.arrow.png(urls, threads=1)  # DuckDB has threads of its own


source, target = sys.argv[1:]
connection = duckdb.connect()
connection.create_function("qr_png", qr_png, ["VARCHAR"], "BLOB", type="arrow")
# The fastest. zstd makes the file a third to a half as large.
codes = f"SELECT id, qr_png(url) AS png FROM '{source}'"
connection.execute(f"COPY ({codes}) TO '{target}' (FORMAT parquet, COMPRESSION uncompressed)")
