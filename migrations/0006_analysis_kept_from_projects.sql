-- What came with a project of another program and has no place of its own here: kept to go out
-- again, and gone with the source it belongs to.

CREATE TABLE kept (
    id {{uuid}} PRIMARY KEY,
    study {{uuid}} NOT NULL REFERENCES study (id) ON DELETE CASCADE,
    -- The source it goes with; none for what belongs to the project as a whole.
    source {{uuid}} REFERENCES source (id) ON DELETE CASCADE,
    -- Order in the project.
    place BIGINT NOT NULL,
    -- Name of the element in REFI-QDA; also file, original_text, reading, description.
    kind TEXT NOT NULL,
    -- kept, unknown, bad-guid, bad-offset: only what is kept goes out again.
    reason TEXT NOT NULL,
    -- Its identity in the project.
    guid {{uuid}},
    -- What it stands in or points to, in the project.
    target {{uuid}},
    -- The note or passage that it completes.
    about {{uuid}},
    -- The element as XML; for a file its path.
    body {{bytes}} NOT NULL,
    key_ref BIGINT,
    object {{uuid}} REFERENCES object (id)
);
-- What a study has kept, by kind.
CREATE INDEX kept_by_study ON kept (study, kind, place);
-- What goes with a source.
CREATE INDEX kept_by_source ON kept (source);
-- All of a recording or a file: its marks, its texts.
CREATE INDEX kept_by_target ON kept (study, target);

-- What the kept things of a project as a whole refer to: when one of these is erased, the reference
-- goes too.
CREATE TABLE kept_ref (
    guid {{uuid}} NOT NULL,
    kept {{uuid}} NOT NULL REFERENCES kept (id) ON DELETE CASCADE,
    PRIMARY KEY (guid, kept)
);
-- The references of one thing, when they are written anew.
CREATE INDEX kept_ref_by_kept ON kept_ref (kept);

-- What an export could not carry, as JSON; none when it carried everything.
ALTER TABLE export ADD COLUMN told TEXT;
