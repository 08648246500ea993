-- Stored queries over instances; an association names them in its targets.
CREATE TABLE instance_group (
  name TEXT NOT NULL PRIMARY KEY,
  content BLOB NOT NULL,              -- holdfast.v1.InstanceGroup: name and filters
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
