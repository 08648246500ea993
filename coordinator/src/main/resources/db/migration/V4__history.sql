-- The histories of this store: it begins one each time it comes back from a backup. What happened after the backup and before
-- the restore was forgotten; positions of the log go on behind the last that is still known.
CREATE TABLE history (
  epoch INTEGER NOT NULL PRIMARY KEY,
  position INTEGER NOT NULL,          -- the last of the history before
  backed_up INTEGER NOT NULL,         -- when the backup was made: up to here all is known
  restored INTEGER NOT NULL
) STRICT;

-- The history in which a certificate was accepted that the store did not know; once in each.
ALTER TABLE instance ADD COLUMN adopted_epoch INTEGER NOT NULL DEFAULT 0;
