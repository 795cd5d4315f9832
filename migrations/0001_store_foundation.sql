-- What every room stands on: trail, jobs, objects.

CREATE TABLE trail (
    id {{uuid}} PRIMARY KEY,
    at BIGINT NOT NULL,
    actor {{uuid}},
    role TEXT NOT NULL,
    act TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject {{uuid}} NOT NULL,
    ground TEXT NOT NULL,
    digest {{bytes}} NOT NULL,
    instance {{uuid}} NOT NULL
);
-- Who opened this?
CREATE INDEX trail_by_subject ON trail (kind, subject, at);
-- check: the rows of one data folder in the order of their ids.
CREATE INDEX trail_by_instance ON trail (instance, id);

CREATE TABLE job (
    id {{uuid}} PRIMARY KEY,
    kind TEXT NOT NULL,
    study {{uuid}},
    account {{uuid}},
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    cancel BOOLEAN NOT NULL,
    attempts BIGINT NOT NULL,
    worker {{uuid}},
    lease_until BIGINT,
    result TEXT,
    made_at BIGINT NOT NULL,
    ended_at BIGINT
);
-- The next job to take.
CREATE INDEX job_by_state ON job (state, made_at);

CREATE TABLE object (
    id {{uuid}} PRIMARY KEY,
    digest {{bytes}} NOT NULL,
    key_ref BIGINT,
    size BIGINT NOT NULL,
    media TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
