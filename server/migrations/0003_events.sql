-- The audit trail, one row for each event: `event` is JSON, the time and the user are copies from it to select by.
CREATE TABLE qr_events (
    event_id TEXT NOT NULL PRIMARY KEY,
    time_ticks BIGINT NOT NULL,
    user_id TEXT,
    event TEXT NOT NULL
);
CREATE INDEX qr_events_user_id ON qr_events (user_id, event_id);
CREATE INDEX qr_events_time_ticks ON qr_events (time_ticks);
