-- A practice study: its text is made up, nothing of it goes out, and it can be emptied.
ALTER TABLE study ADD COLUMN practice BOOLEAN NOT NULL DEFAULT FALSE;
