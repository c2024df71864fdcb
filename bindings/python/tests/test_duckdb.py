"""Codes in DuckDB's SQL."""

import duckdb
import pytest

import qrmint
import qrmint.arrow


@pytest.fixture
def connection():
    connection = duckdb.connect()
    connection.create_function("qr_png", lambda urls: qrmint.arrow.png(urls), ["VARCHAR"], "BLOB", type="arrow")
    yield connection
    connection.close()


def test_a_function_draws_strings_in_sql(connection):
    rows = connection.sql("SELECT url, qr_png(url) FROM (SELECT 'badge ' || range AS url FROM range(5000))").fetchall()
    assert len(rows) == 5_000
    assert all(png == qrmint.make(url).png() for url, png in rows)


def test_nulls_stay_null(connection):
    query = "SELECT i, qr_png(CASE WHEN i % 3 = 0 THEN NULL ELSE 'badge ' || i END) FROM range(3000) AS t(i)"
    for number, png in connection.sql(query).fetchall():
        assert (png is None) == (number % 3 == 0)


def test_blobs_are_drawn_as_they_are(connection):
    connection.create_function("qr_key", lambda keys: qrmint.arrow.png(keys, "h"), ["BLOB"], "BLOB", type="arrow")
    ((png,),) = connection.sql(r"SELECT qr_key('\x00\xFF'::BLOB)").fetchall()
    assert png == qrmint.make(b"\x00\xff", "h").png()


def test_a_bad_row_fails_the_query_or_is_null(connection):
    query = "SELECT count({}(repeat('x', i))) FROM range(2990, 3010) AS t(i)"
    with pytest.raises(duckdb.Error, match="content too long: 2,990 bytes"):
        connection.sql(query.format("qr_png")).fetchall()

    def or_null(urls):
        return qrmint.arrow.png(urls, "l", on_error="null")

    connection.create_function("qr_or_null", or_null, ["VARCHAR"], "BLOB", type="arrow", null_handling="special")
    query = "SELECT count(qr_or_null(repeat('x', i))) FROM range(2900, 3000) AS t(i)"
    assert connection.sql(query).fetchall() == [(54,)], "2,953 bytes is the most"


def test_info_is_a_table_and_a_function(connection):
    urls = connection.sql("SELECT repeat('x', i::BIGINT) AS url FROM range(1, 4000, 1000) AS t(i)")
    info = qrmint.arrow.info(urls)
    rows = connection.sql("SELECT version, error FROM info").fetchall()
    assert [version for version, _ in rows] == [qrmint.make("x" * length).version for length in (1, 1001, 2001)] + [None]
    assert rows[3][1].startswith("content too long: 3,001 bytes")

    fields = {"version": "UTINYINT", "level": "VARCHAR", "mask": "UTINYINT", "size": "USMALLINT", "bits_used": "UINTEGER"}
    struct = duckdb.struct_type({**fields, "bits_available": "UINTEGER", "error": "VARCHAR"})
    connection.create_function("qr_info", lambda urls: qrmint.arrow.info(urls), ["VARCHAR"], struct, type="arrow")
    assert connection.sql("SELECT qr_info('hello').version, qr_info('hello').error").fetchall() == [(1, None)]


def test_a_query_is_an_input(connection):
    images = qrmint.arrow.png(connection.sql("SELECT 'badge ' || range FROM range(10000)"))
    assert len(images) == 10_000
    ((png,),) = connection.sql("SELECT * FROM images LIMIT 1 OFFSET 9999").fetchall()
    assert png == qrmint.make("badge 9999").png()


def test_a_query_that_calls_python_is_an_input(connection):
    pngs = connection.sql("SELECT qr_png('badge ' || range) FROM range(5000)")
    assert len(qrmint.arrow.info(pngs, "l")) == 5_000
