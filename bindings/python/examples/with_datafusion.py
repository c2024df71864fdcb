"""Draws the URLs of a Parquet file in DataFusion: python with_datafusion.py badges.parquet codes.parquet"""

import sys

import pyarrow
from datafusion import SessionContext, udf

import qrmint.arrow


def qr_png(urls: pyarrow.Array) -> pyarrow.Array:
    return pyarrow.array(qrmint.arrow.png(urls, threads=1))  # DataFusion has threads of its own


source, target = sys.argv[1:]
session = SessionContext()
session.register_udf(udf(qr_png, [pyarrow.string_view()], pyarrow.binary(), "immutable", "qr_png"))
session.register_parquet("badges", source)
# The fastest. zstd makes the file a third to a half as large.
session.sql("SELECT id, qr_png(url) AS png FROM badges").write_parquet(target, compression="uncompressed")
