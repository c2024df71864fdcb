-- One row. The readiness check updates it, to find out whether the database takes writes.
CREATE TABLE qr_checks (
    id BIGINT NOT NULL PRIMARY KEY,
    checks BIGINT NOT NULL
);
