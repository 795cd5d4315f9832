-- Studies, their sources and blocks, imports, and the command log.

CREATE TABLE study (
    id {{uuid}} PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    -- draft, anchored, recruiting, interviewing, analysing, process_report, dialogue,
    -- final_report, follow_up, closed
    state TEXT NOT NULL,
    state_at BIGINT NOT NULL,
    background TEXT NOT NULL,
    -- The number of the last command; raised in the transaction of each.
    seq BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
-- The list of studies, newest first.
CREATE INDEX study_by_age ON study (made_at);

-- The evaluated services, research questions and theme guide, each in their order.
CREATE TABLE study_service (
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    place BIGINT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (study, place)
);
CREATE TABLE study_question (
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    place BIGINT NOT NULL,
    question TEXT NOT NULL,
    PRIMARY KEY (study, place)
);
CREATE TABLE guide_theme (
    id {{uuid}} PRIMARY KEY,
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    place BIGINT NOT NULL,
    title TEXT NOT NULL,
    -- One question a line.
    questions TEXT NOT NULL
);
-- The guide of a study.
CREATE INDEX guide_theme_by_study ON guide_theme (study, place);

CREATE TABLE state_change (
    id {{uuid}} PRIMARY KEY,
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    -- Why it went on although something was missing; empty when nothing was.
    reason TEXT NOT NULL,
    actor {{uuid}},
    at BIGINT NOT NULL
);
-- The history of a study's states.
CREATE INDEX state_change_by_study ON state_change (study, at);

-- What was done in a study: history, undo, live view. The payload can be erased.
CREATE TABLE command (
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor {{uuid}},
    kind TEXT NOT NULL,
    body {{bytes}} NOT NULL,
    key_ref BIGINT,
    -- The command that this one took back.
    undoes BIGINT,
    PRIMARY KEY (study, seq)
);
-- The newest of somebody's own commands, to undo it.
CREATE INDEX command_by_actor ON command (study, actor, seq);

CREATE TABLE import (
    id {{uuid}} PRIMARY KEY,
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    job {{uuid}},
    -- open, done, cancelled
    state TEXT NOT NULL,
    basis TEXT NOT NULL,
    made_by {{uuid}},
    made_at BIGINT NOT NULL
);
-- The imports of a study, newest first.
CREATE INDEX import_by_study ON import (study, made_at);

CREATE TABLE import_file (
    id {{uuid}} PRIMARY KEY,
    import {{uuid}} NOT NULL REFERENCES import (id) ON DELETE CASCADE,
    place BIGINT NOT NULL,
    name TEXT NOT NULL,
    -- None again when the file was refused, or when its source was taken out.
    object {{uuid}} REFERENCES object (id),
    size BIGINT NOT NULL,
    -- waiting, done, refused
    state TEXT NOT NULL,
    -- JSON: what came in, what could not be carried, or why it was refused. No contents.
    outcome TEXT
);
-- The files of an import.
CREATE INDEX import_file_by_import ON import_file (import, place);

CREATE TABLE source (
    id {{uuid}} PRIMARY KEY,
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    import {{uuid}} NOT NULL REFERENCES import (id),
    name TEXT NOT NULL,
    -- consent, paper_consent, public_document, table_notes, fictional, none
    basis TEXT NOT NULL,
    -- txt, docx, pdf, qdpx
    format TEXT NOT NULL,
    encoding TEXT,
    line_ends TEXT,
    object {{uuid}} REFERENCES object (id),
    -- Its identity in files of other programs.
    guid {{uuid}} NOT NULL,
    -- False when a project named the text but did not bring it.
    has_text BOOLEAN NOT NULL,
    -- Line ends before the first block.
    lead BIGINT NOT NULL,
    -- Raised by each change of its text.
    revision BIGINT NOT NULL,
    -- False until the import that brings it is whole.
    visible BOOLEAN NOT NULL,
    made_at BIGINT NOT NULL
);
-- The sources of a study by name.
CREATE INDEX source_by_study ON source (study, visible, name);
-- What an import that was broken off has left.
CREATE INDEX source_by_import ON source (import);

CREATE TABLE speaker (
    id {{uuid}} PRIMARY KEY,
    source {{uuid}} NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    -- interviewer, user, relative, staff, partner, organisation, unknown
    side TEXT NOT NULL
);
-- The speakers of a source.
CREATE INDEX speaker_by_source ON speaker (source);

CREATE TABLE block (
    id {{uuid}} PRIMARY KEY,
    source {{uuid}} NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    -- Its place among the blocks of its source; only their order means something.
    place BIGINT NOT NULL,
    -- turn, prose, heading
    kind TEXT NOT NULL,
    speaker {{uuid}} REFERENCES speaker (id),
    -- Milliseconds from the start of the recording.
    time BIGINT,
    body {{bytes}} NOT NULL,
    key_ref BIGINT,
    -- Code points in the body.
    chars BIGINT NOT NULL,
    -- Line ends between this block and the next; 0 where one paragraph was split softly.
    gap BIGINT NOT NULL
);
-- A window of a source.
CREATE INDEX block_by_source ON block (source, place);
