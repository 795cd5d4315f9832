-- Which key an owner's words are sealed with now; the keys themselves lie in the key store.

CREATE TABLE sealing (
    kind TEXT NOT NULL,
    owner {{uuid}} NOT NULL,
    key_ref BIGINT NOT NULL,
    PRIMARY KEY (kind, owner)
);

-- The key store that this database belongs to: one row.
CREATE TABLE sealing_store (
    id {{uuid}} PRIMARY KEY
);

-- Keys to take away: written in the act that erases, carried out after it, and again after a restore.
-- Random numbers only.
CREATE TABLE erased_key (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    done_at BIGINT
);
-- Those that are still to be carried out.
CREATE INDEX erased_key_by_done ON erased_key (done_at, id);

-- Keys that another one took the place of: what they sealed is sealed anew, then they go.
CREATE TABLE replaced_key (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL
);
