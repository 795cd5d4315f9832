-- A line of the trail knows the study its thing belongs to.

-- None for what belongs to no study, and for lines from before this.
ALTER TABLE trail ADD COLUMN study {{uuid}};
-- Who opened what of a study, newest first.
CREATE INDEX trail_by_study ON trail (study, id);
