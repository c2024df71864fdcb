"""Codes in columns of Polars."""

import polars
import pytest

import qrmint
import qrmint.arrow

URLS = ["https://example.com/badge/1", None, "José, 10 €"]
PNGS = [url and qrmint.make(url).png() for url in URLS]


def qr_png(urls: polars.Series) -> polars.Series:
    return polars.Series(qrmint.arrow.png(urls, on_error="null"))


def test_an_expression_draws_a_column():
    frame = polars.DataFrame({"url": URLS})
    drawn = frame.with_columns(png=polars.col("url").map_batches(qr_png, return_dtype=polars.Binary))
    assert drawn.schema["png"] == polars.Binary
    assert drawn["png"].to_list() == PNGS
    assert frame.lazy().select(polars.col("url").map_batches(qr_png, return_dtype=polars.Binary)).collect().to_series().to_list() == PNGS


def test_series_of_any_chunks_and_types_are_drawn():
    series = polars.Series(URLS).append(polars.Series(URLS[:1]))
    assert series.n_chunks() == 2
    assert qr_png(series).to_list() == PNGS + PNGS[:1]
    assert qr_png(series.slice(1, 2)).to_list() == PNGS[1:]
    assert qr_png(polars.Series(URLS, dtype=polars.Categorical)).to_list() == PNGS
    binaries = [b"\x00\xff", None, b""]
    assert qr_png(polars.Series(binaries)).to_list() == [key and qrmint.make(key).png() for key in binaries[:2]] + [
        qrmint.make(b"").png()
    ]
    assert qr_png(polars.Series([], dtype=polars.String)).to_list() == []
    assert qr_png(polars.Series([None, None])).to_list() == [None, None]
    assert qr_png(polars.DataFrame({"url": [None, None]})).to_list() == [None, None]


def test_a_frame_of_one_column_is_a_column():
    assert qr_png(polars.DataFrame({"url": URLS})).to_list() == PNGS


def test_a_bad_row_is_an_error_or_null():
    series = polars.Series(["hello", "x" * 3000])
    with pytest.raises(qrmint.DataOverflowError) as raised:
        qrmint.arrow.png(series)
    assert raised.value.index == 1
    assert qr_png(series).is_null().to_list() == [False, True]


def test_info_is_a_frame():
    info = polars.DataFrame(qrmint.arrow.info(polars.Series(["hello", "x" * 3000])))
    assert info["version"].to_list() == [1, None]
    assert info.schema["error"] == polars.String
