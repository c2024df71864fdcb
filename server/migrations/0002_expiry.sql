-- For the purge, the counts and the list of codes that expire soon. Just before this migration, the program changes all
-- user ids to lower case.
CREATE INDEX qr_codes_expire_ticks ON qr_codes (expire_ticks);
