-- A file whose words were taken out is gone; its row stays for what names it.

ALTER TABLE object ADD COLUMN erased_at BIGINT;

-- Versions of reports that were only marked until now lose their words as well; the files are swept.
UPDATE object SET erased_at = 0 WHERE id IN (SELECT object FROM report_version WHERE outdated = TRUE)
    OR id IN (SELECT docx FROM report_version WHERE outdated = TRUE);
UPDATE report_version SET body = CAST('' AS {{bytes}}), key_ref = NULL WHERE outdated = TRUE;
