-- Reports: own text, fixed versions, handing over.

CREATE TABLE report (
    id {{uuid}} PRIMARY KEY,
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    -- process, final
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    -- May be empty.
    subtitle TEXT NOT NULL,
    -- When the interviews were held, in words; may be empty.
    period TEXT NOT NULL,
    -- nb, nn, en
    lang TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX report_by_kind ON report (study, kind);

-- The own text of each part, Markdown.
CREATE TABLE report_part (
    report {{uuid}} NOT NULL REFERENCES report (id) ON DELETE CASCADE,
    -- background, questions, …, or theme:<id>:intro, theme:<id>:summary
    part TEXT NOT NULL,
    body {{bytes}} NOT NULL,
    key_ref BIGINT,
    -- Raised by each change, so that two writers notice each other.
    revision BIGINT NOT NULL,
    changed_by {{uuid}},
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (report, part)
);

-- What the checks found and somebody let stand, with the reason.
CREATE TABLE report_check (
    report {{uuid}} NOT NULL REFERENCES report (id) ON DELETE CASCADE,
    -- Digest of rule, place and words; tells nothing by itself.
    mark TEXT NOT NULL,
    body {{bytes}} NOT NULL,
    key_ref BIGINT,
    decided_by {{uuid}},
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (report, mark)
);

-- A version that never changes.
CREATE TABLE report_version (
    id {{uuid}} PRIMARY KEY,
    report {{uuid}} NOT NULL REFERENCES report (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    object {{uuid}} NOT NULL REFERENCES object (id),
    -- The document the PDF was made from, as JSON.
    body {{bytes}} NOT NULL,
    key_ref BIGINT,
    fixed_by {{uuid}},
    fixed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX report_version_by_number ON report_version (report, number);

-- A link by which the service reads one version, until it ends.
CREATE TABLE handover (
    id {{uuid}} PRIMARY KEY,
    version {{uuid}} NOT NULL REFERENCES report_version (id) ON DELETE CASCADE,
    -- SHA-256 of the secret in the address.
    token {{bytes}} NOT NULL UNIQUE,
    -- Whom it was given to: a role and a service, not a person's name.
    recipient TEXT NOT NULL,
    made_by {{uuid}},
    made_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX handover_by_version ON handover (version);
