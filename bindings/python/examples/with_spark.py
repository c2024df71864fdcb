"""Draws the URLs of a Parquet file in Spark, in two workers: python with_spark.py badges.parquet codes.parquet"""

import os
import sys

import pyarrow
from pyspark.sql import SparkSession

import qrmint.arrow


def qr_png(batches):
    for batch in batches:
        images = qrmint.arrow.png(batch["url"], threads=1)  # each worker has a core
        yield pyarrow.record_batch({"id": batch["id"], "png": pyarrow.array(images)})


source, target = sys.argv[1:]
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
options = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
# Two workers with a core and 1,024 MB each; elsewhere, the address of a cluster.
session = SparkSession.builder.master("local-cluster[2,1,1024]").config(map=options).getOrCreate()
badges = session.read.parquet(source).repartition(2)
# The fastest. zstd makes the file a third to a half as large.
badges.mapInArrow(qr_png, "id long, png binary").write.mode("overwrite").parquet(target, compression="uncompressed")
session.stop()
