-- One row for each user and kind: the last code that was made and not deleted, expired or not.
-- Moments are ticks of 100 nanoseconds since 0001-01-01T00:00:00Z; the digest is base64url. Both databases read this.
CREATE TABLE IF NOT EXISTS qr_codes (
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    code_id TEXT NOT NULL,
    user_principal_name TEXT NOT NULL,
    secret_digest TEXT NOT NULL,
    created_ticks BIGINT NOT NULL,
    start_ticks BIGINT NOT NULL,
    expire_ticks BIGINT NOT NULL,
    last_used_ticks BIGINT NOT NULL,
    PRIMARY KEY (user_id, kind)
);
CREATE UNIQUE INDEX IF NOT EXISTS qr_codes_code_id ON qr_codes (code_id);
