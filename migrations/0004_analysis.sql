-- Codebook, coders, passages and codings, notes, themes, findings.

CREATE TABLE code (
    id {{uuid}} PRIMARY KEY,
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    parent {{uuid}} REFERENCES code (id),
    place BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    -- #rrggbb
    colour TEXT NOT NULL,
    -- One or two characters, since colour is never the only sign.
    sign TEXT NOT NULL,
    -- False for a heading that nothing can be marked with.
    codable BOOLEAN NOT NULL,
    guid {{uuid}} NOT NULL,
    made_at BIGINT NOT NULL
);
-- The code tree of a study.
CREATE INDEX code_by_study ON code (study, place);

CREATE TABLE coder (
    id {{uuid}} PRIMARY KEY,
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    -- None for a coder that came with a project of another program, or whose account was erased.
    account {{uuid}},
    name TEXT NOT NULL,
    guid {{uuid}} NOT NULL
);
-- Somebody's coder in a study.
CREATE UNIQUE INDEX coder_by_account ON coder (study, account);

CREATE TABLE passage (
    id {{uuid}} PRIMARY KEY,
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    source {{uuid}} NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    -- (block, code point) to (block, code point), end exclusive. None where the text is missing;
    -- then raw_from and raw_to are the positions the project gave.
    from_block {{uuid}} REFERENCES block (id),
    from_at BIGINT NOT NULL,
    to_block {{uuid}} REFERENCES block (id),
    to_at BIGINT NOT NULL,
    raw_from BIGINT,
    raw_to BIGINT,
    guid {{uuid}} NOT NULL,
    -- Given when the passage is first used as a quote; never used again for another.
    quote_number BIGINT,
    made_by {{uuid}} NOT NULL REFERENCES coder (id),
    made_at BIGINT NOT NULL
);
-- The passages of a source; and what begins or ends in a block whose text changes.
CREATE INDEX passage_by_source ON passage (source);
CREATE INDEX passage_by_from ON passage (from_block);
CREATE INDEX passage_by_to ON passage (to_block);
-- A quote by its number; and the last number given.
CREATE UNIQUE INDEX passage_by_quote ON passage (study, quote_number);

-- Each block that a passage touches: what a window shows grows with the window.
CREATE TABLE passage_block (
    block {{uuid}} NOT NULL REFERENCES block (id) ON DELETE CASCADE,
    passage {{uuid}} NOT NULL REFERENCES passage (id) ON DELETE CASCADE,
    PRIMARY KEY (block, passage)
);
-- The blocks of a passage, when its borders move.
CREATE INDEX passage_block_by_passage ON passage_block (passage);

CREATE TABLE coding (
    id {{uuid}} PRIMARY KEY,
    passage {{uuid}} NOT NULL REFERENCES passage (id) ON DELETE CASCADE,
    code {{uuid}} NOT NULL REFERENCES code (id),
    coder {{uuid}} NOT NULL REFERENCES coder (id),
    guid {{uuid}} NOT NULL,
    made_at BIGINT NOT NULL
);
-- The codings of a passage; one coder marks it with a code once.
CREATE UNIQUE INDEX coding_by_passage ON coding (passage, code, coder);
-- The passages of a code.
CREATE INDEX coding_by_code ON coding (code, made_at);

-- Codings per code and source, kept in the transaction of each mark and compared by check.
CREATE TABLE tally (
    code {{uuid}} NOT NULL REFERENCES code (id) ON DELETE CASCADE,
    source {{uuid}} NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    n BIGINT NOT NULL,
    PRIMARY KEY (code, source)
);

CREATE TABLE note (
    id {{uuid}} PRIMARY KEY,
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    -- passage, code, source, study
    about_kind TEXT NOT NULL,
    about {{uuid}} NOT NULL,
    body {{bytes}} NOT NULL,
    key_ref BIGINT,
    author {{uuid}} NOT NULL REFERENCES coder (id),
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
-- The notes on something.
CREATE INDEX note_by_about ON note (about_kind, about);
CREATE INDEX note_by_study ON note (study);

-- The last number given to a quote or a finding of a study, so that none is given twice.
CREATE TABLE numbering (
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    -- quote, finding
    what TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (study, what)
);

CREATE TABLE theme (
    id {{uuid}} PRIMARY KEY,
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    place BIGINT NOT NULL,
    title TEXT NOT NULL,
    body {{bytes}} NOT NULL,
    key_ref BIGINT,
    guid {{uuid}} NOT NULL
);
CREATE INDEX theme_by_study ON theme (study, place);

CREATE TABLE theme_code (
    theme {{uuid}} NOT NULL REFERENCES theme (id) ON DELETE CASCADE,
    code {{uuid}} NOT NULL REFERENCES code (id) ON DELETE CASCADE,
    PRIMARY KEY (theme, code)
);

CREATE TABLE finding (
    id {{uuid}} PRIMARY KEY,
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    theme {{uuid}} REFERENCES theme (id),
    -- Its number in the study; never used again for another.
    number BIGINT NOT NULL,
    place BIGINT NOT NULL,
    body {{bytes}} NOT NULL,
    key_ref BIGINT,
    -- strength, weakness, wish
    polarity TEXT NOT NULL,
    -- individual, service, system, society
    level TEXT NOT NULL,
    -- connectedness, hope, identity, meaning, empowerment
    chime TEXT,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX finding_by_number ON finding (study, number);

CREATE TABLE finding_side (
    finding {{uuid}} NOT NULL REFERENCES finding (id) ON DELETE CASCADE,
    side TEXT NOT NULL,
    PRIMARY KEY (finding, side)
);

CREATE TABLE evidence (
    finding {{uuid}} NOT NULL REFERENCES finding (id) ON DELETE CASCADE,
    passage {{uuid}} NOT NULL REFERENCES passage (id) ON DELETE CASCADE,
    place BIGINT NOT NULL,
    -- supports, nuances, contradicts
    stance TEXT NOT NULL,
    PRIMARY KEY (finding, passage)
);
-- The findings that rest on a passage.
CREATE INDEX evidence_by_passage ON evidence (passage);

-- Each export of a study: who took out what, when.
CREATE TABLE export (
    id {{uuid}} PRIMARY KEY,
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    format TEXT NOT NULL,
    actor {{uuid}},
    role TEXT NOT NULL,
    digest {{bytes}} NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX export_by_study ON export (study, at);
