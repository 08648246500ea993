-- Each row of the audit trail carries a hash over itself and the hash of the row before.
ALTER TABLE audit ADD COLUMN count INTEGER NOT NULL DEFAULT 1;   -- equal refusals that the row stands for
ALTER TABLE audit ADD COLUMN sha256 TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_by_principal ON audit (principal, sequence);

-- Where the chain of the audit trail begins and ends: ANCHOR is the last row that is no longer kept, or was there before
-- there was a chain; HEAD is the newest row.
CREATE TABLE audit_end (
  which TEXT NOT NULL PRIMARY KEY,
  sequence INTEGER NOT NULL,
  sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO audit_end (which, sequence, sha256) SELECT 'ANCHOR', COALESCE(MAX(sequence), 0), '' FROM audit;
INSERT INTO audit_end (which, sequence, sha256) SELECT 'HEAD', COALESCE(MAX(sequence), 0), '' FROM audit;

-- What the bearer of a token may do, in place of the token's own role, and to which instances.
CREATE TABLE role_binding (
  id TEXT NOT NULL PRIMARY KEY,
  principal TEXT NOT NULL,            -- the name of a token
  role TEXT NOT NULL,
  tag_scope TEXT NOT NULL,            -- JSON: tag key to the list of its values; empty text: all instances
  created INTEGER NOT NULL,
  author TEXT NOT NULL,
  UNIQUE (principal, role, tag_scope)
) STRICT, WITHOUT ROWID;

-- Whether what the bearer may do is said by bindings alone, even by none.
ALTER TABLE token ADD COLUMN bound INTEGER NOT NULL DEFAULT 0;

-- Associations that apply to instances of a tag scope only, in the version in force.
CREATE TABLE association_scope (
  association_id TEXT NOT NULL PRIMARY KEY,
  tag_scope TEXT NOT NULL
) STRICT, WITHOUT ROWID;
