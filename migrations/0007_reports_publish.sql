-- The final report: who publishes it, its files, what is public now, and whose words a version holds.

-- undecided, hub, service
ALTER TABLE study ADD COLUMN publisher TEXT NOT NULL DEFAULT 'undecided';

-- The same version as a Word document; none for versions that were fixed before it was made.
ALTER TABLE report_version ADD COLUMN docx {{uuid}} REFERENCES object (id);
-- It holds words that were taken back: a new version is to be fixed.
ALTER TABLE report_version ADD COLUMN outdated BOOLEAN NOT NULL DEFAULT FALSE;

-- The blocks that the quotes of a version come from. A block or source that goes leaves its row:
-- the words still stand in the version.
CREATE TABLE report_version_block (
    version {{uuid}} NOT NULL REFERENCES report_version (id) ON DELETE CASCADE,
    block {{uuid}} NOT NULL,
    source {{uuid}} NOT NULL,
    PRIMARY KEY (version, block)
);
-- Which versions hold words of these blocks, when they are taken back, cut or joined?
CREATE INDEX report_version_block_by_block ON report_version_block (block);
-- Which versions hold words of a source that is taken out?
CREATE INDEX report_version_block_by_source ON report_version_block (source);

-- What of a report is public now: one version, or word that it was taken back.
CREATE TABLE report_publication (
    report {{uuid}} PRIMARY KEY REFERENCES report (id) ON DELETE CASCADE,
    version {{uuid}} NOT NULL REFERENCES report_version (id) ON DELETE CASCADE,
    -- The study's, so that the public pages ask for nothing of it.
    slug TEXT NOT NULL UNIQUE,
    -- Of that version, so that the list needs no document.
    title TEXT NOT NULL,
    subtitle TEXT NOT NULL,
    -- nb, nn, en
    lang TEXT NOT NULL,
    published_by {{uuid}},
    published_at BIGINT NOT NULL,
    taken_back_at BIGINT
);
-- The public list, newest first.
CREATE INDEX report_publication_by_age ON report_publication (published_at);
