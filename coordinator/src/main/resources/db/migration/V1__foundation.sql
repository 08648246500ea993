-- Times are milliseconds since 1970-01-01T00:00:00Z. Ids are text. JSON is text.

CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- What changes what should be or what is judged. Positions are dense, in commit order.
CREATE TABLE log (
  position INTEGER NOT NULL PRIMARY KEY,
  epoch INTEGER NOT NULL,
  time INTEGER NOT NULL,
  type TEXT NOT NULL,
  resources TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
  id TEXT NOT NULL PRIMARY KEY,
  sequence INTEGER NOT NULL UNIQUE,
  time INTEGER NOT NULL,
  method TEXT NOT NULL,
  principal TEXT NOT NULL,
  source_address TEXT NOT NULL,
  resources TEXT NOT NULL,
  decision TEXT NOT NULL,
  reason TEXT NOT NULL,
  request TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_method ON audit (method, sequence);

CREATE TABLE token (
  name TEXT NOT NULL PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER,
  revoked INTEGER
) STRICT;

-- The same token and content within its time gives the first answer again.
CREATE TABLE client_token (
  method TEXT NOT NULL,
  token TEXT NOT NULL,
  request_sha256 TEXT NOT NULL,
  response BLOB NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (method, token)
) STRICT, WITHOUT ROWID;

CREATE TABLE activation (
  id TEXT NOT NULL PRIMARY KEY,
  code_hmac TEXT NOT NULL,
  description TEXT NOT NULL,
  default_instance_name TEXT NOT NULL,
  registration_limit INTEGER NOT NULL,
  registrations INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  created INTEGER NOT NULL,
  tags TEXT NOT NULL,
  require_approval INTEGER NOT NULL,
  source_cidrs TEXT NOT NULL,
  deleted INTEGER NOT NULL
) STRICT;

CREATE TABLE instance (
  id TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL,                -- ACTIVE, PENDING, DEREGISTERED
  name TEXT NOT NULL,
  activation_id TEXT NOT NULL,
  public_key_sha256 TEXT NOT NULL,
  certificate_serial TEXT NOT NULL,
  certificate BLOB NOT NULL,
  registered INTEGER NOT NULL,
  agent_version TEXT NOT NULL,
  platform_type TEXT NOT NULL,
  platform_name TEXT NOT NULL,
  platform_version TEXT NOT NULL,
  computer_name TEXT NOT NULL,
  ip_address TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  spool_epoch TEXT NOT NULL,
  spool_epoch_number INTEGER NOT NULL, -- in the order in which they were first seen
  last_seen INTEGER,
  clock_offset INTEGER NOT NULL,
  presence TEXT NOT NULL DEFAULT 'NEVER', -- what the log said last: NEVER, ONLINE, SILENT, CONNECTION_LOST, INACTIVE
  UNIQUE (activation_id, public_key_sha256)
) STRICT;

CREATE TABLE instance_tag (
  instance_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (instance_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX instance_by_presence ON instance (presence, id) WHERE state = 'ACTIVE';
CREATE INDEX instance_tag_by_key ON instance_tag (key, value, instance_id);

-- Stored queries over instances; an association names them in its targets.
CREATE TABLE instance_group (
  name TEXT NOT NULL PRIMARY KEY,
  content BLOB NOT NULL,              -- holdfast.v1.InstanceGroup: name and filters
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is stored of each lane of an instance's spool.
CREATE TABLE lane (
  instance_id TEXT NOT NULL,
  lane TEXT NOT NULL,
  stored_through INTEGER NOT NULL,
  PRIMARY KEY (instance_id, lane)
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
  name TEXT NOT NULL PRIMARY KEY,
  type TEXT NOT NULL,
  owner TEXT NOT NULL,
  default_version INTEGER NOT NULL,
  latest_version INTEGER NOT NULL,
  created INTEGER NOT NULL,
  tags TEXT NOT NULL
) STRICT;

CREATE TABLE document_version (
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  version_name TEXT NOT NULL,
  display_name TEXT NOT NULL,
  format TEXT NOT NULL,
  schema_version TEXT NOT NULL,
  sha256 TEXT NOT NULL,               -- of its bytes, in body
  created INTEGER NOT NULL,
  PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE parameter (
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,                 -- String, StringList, SecureString
  value TEXT NOT NULL,                -- of a SecureString empty
  key_id TEXT NOT NULL,               -- which key encrypted it; empty: none did
  secret BLOB NOT NULL,               -- of a SecureString: nonce, ciphertext, tag
  description TEXT NOT NULL,
  author TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX parameter_by_key ON parameter (key_id, created) WHERE key_id <> '';

-- Which stored parameters the revision in force of an association refers to.
CREATE TABLE association_reference (
  association_id TEXT NOT NULL,
  parameter TEXT NOT NULL,
  version INTEGER NOT NULL,           -- 0: the newest
  PRIMARY KEY (association_id, parameter, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX association_reference_by_parameter ON association_reference (parameter, version);

-- Times in which nothing starts by itself.
CREATE TABLE freeze (
  position INTEGER NOT NULL PRIMARY KEY, -- of the event that says it was set
  from_time INTEGER NOT NULL,
  until INTEGER,                      -- none: until somebody ends it
  reason TEXT NOT NULL,
  who TEXT NOT NULL,
  ended INTEGER                       -- when somebody ended it, or set another in its place
) STRICT;

-- Bytes that sets name by hash: assignments, documents and calendars.
CREATE TABLE body (
  sha256 TEXT NOT NULL PRIMARY KEY,
  content BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE association (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,                 -- empty if it has none
  version INTEGER NOT NULL,
  document_name TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  deleted INTEGER,                    -- when
  deleted_position INTEGER,
  -- the revision in force
  revision_sha256 TEXT NOT NULL,      -- empty: it can't be resolved
  effective_from INTEGER NOT NULL,    -- ticks count from here, for those who were members
  anchor INTEGER NOT NULL             -- when the schedule was set
) STRICT;
CREATE UNIQUE INDEX association_by_name ON association (name) WHERE name <> '' AND deleted IS NULL;

-- The documents on which an association rests, there or not: its own, those that it names, its calendars.
CREATE TABLE association_document (
  association_id TEXT NOT NULL,
  document_name TEXT NOT NULL,
  PRIMARY KEY (association_id, document_name)
) STRICT, WITHOUT ROWID;
CREATE INDEX association_document_by_name ON association_document (document_name, association_id);

CREATE TABLE association_version (
  association_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  content BLOB NOT NULL,              -- holdfast.v1.Association
  created INTEGER NOT NULL,
  PRIMARY KEY (association_id, version)
) STRICT, WITHOUT ROWID;

-- Every schedule that was in force, so that a late tick can be told from an invented one.
CREATE TABLE schedule_in_force (
  association_id TEXT NOT NULL,
  from_time INTEGER NOT NULL,
  expression TEXT NOT NULL,
  timezone TEXT NOT NULL,
  offset_days INTEGER NOT NULL,
  anchor INTEGER NOT NULL,
  enabled INTEGER NOT NULL,           -- if not, the expression is empty
  PRIMARY KEY (association_id, from_time)
) STRICT, WITHOUT ROWID;

-- Which revision had which document version: what a report says it executed must be one of these.
CREATE TABLE revision (
  association_id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  version INTEGER NOT NULL,
  document_version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (association_id, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE membership (
  instance_id TEXT NOT NULL,
  association_id TEXT NOT NULL,
  entered_position INTEGER NOT NULL,
  entered INTEGER NOT NULL,
  left_position INTEGER,
  left INTEGER,
  PRIMARY KEY (instance_id, association_id, entered_position)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_by_association ON membership (association_id, left_position, instance_id);

-- One row a trigger of an association; who has not reported is derived.
CREATE TABLE execution (
  id TEXT NOT NULL PRIMARY KEY,
  association_id TEXT NOT NULL,
  association_version INTEGER NOT NULL,
  trigger TEXT NOT NULL,
  kind TEXT NOT NULL,                 -- TICK, CHANGE, ENTER, MANUAL
  cause TEXT NOT NULL,
  time INTEGER NOT NULL,              -- a tick's instant, else when it was made
  position INTEGER NOT NULL,          -- of the log when the row was written; of a change or enter: its own
  revision_sha256 TEXT NOT NULL,
  instance_ids TEXT NOT NULL,         -- a manual start cut to these; empty: all members
  not_after INTEGER NOT NULL,
  target_count INTEGER NOT NULL,
  reported INTEGER NOT NULL DEFAULT 0, -- targets that reported an end
  created INTEGER NOT NULL,
  ended INTEGER,
  amended INTEGER NOT NULL,
  cancelled INTEGER,                  -- when, for all targets
  ignore_calendars INTEGER NOT NULL DEFAULT 0, -- a manual start that closed calendars don't hold
  end_by INTEGER,                     -- when it is over, whatever it does then; none: never
  max_concurrency INTEGER,            -- how many runs may be in progress at once
  max_errors INTEGER,                 -- how many may end in error before the rest is skipped
  errors INTEGER NOT NULL DEFAULT 0,  -- runs that ended in error, and lost ones
  granted INTEGER,                    -- when the first permit was given
  stopped INTEGER                     -- when there were too many errors
) STRICT;
CREATE INDEX execution_by_association ON execution (association_id, time DESC, position DESC, id);
CREATE INDEX execution_by_kind ON execution (association_id, kind, position);
CREATE INDEX execution_made ON execution (association_id, position) WHERE kind <> 'TICK';
CREATE INDEX execution_cut ON execution (association_id, instance_ids) WHERE kind = 'MANUAL' AND instance_ids <> '[]';
CREATE INDEX execution_granted ON execution (association_id, time DESC, position DESC) WHERE granted IS NOT NULL;
CREATE INDEX execution_stopped ON execution (association_id, time DESC, position DESC) WHERE stopped IS NOT NULL;
CREATE INDEX execution_all_cancelled ON execution (association_id, cancelled) WHERE cancelled IS NOT NULL;

CREATE TABLE execution_cancelled (
  execution_id TEXT NOT NULL,
  instance_id TEXT NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (execution_id, instance_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX execution_cancelled_by_instance ON execution_cancelled (instance_id, time);

-- Who may have a run of an association in progress, where that is limited. Freed by what its agent says or reports,
-- or when it was not heard of for too long; then it stays, as lost, until the agent tells.
CREATE TABLE permit (
  instance_id TEXT NOT NULL,
  association_id TEXT NOT NULL,
  trigger TEXT NOT NULL,
  execution_id TEXT NOT NULL,
  granted INTEGER NOT NULL,
  lost_after INTEGER NOT NULL,        -- milliseconds after the last sign of life
  handed_back INTEGER,                -- freed once the results up to this sequence are stored
  lost INTEGER,                       -- when
  PRIMARY KEY (instance_id, association_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX permit_by_association ON permit (association_id, lost);
CREATE INDEX permit_lost ON permit (execution_id) WHERE lost IS NOT NULL;

CREATE TABLE run (
  id TEXT NOT NULL PRIMARY KEY,
  execution_id TEXT NOT NULL,
  association_id TEXT NOT NULL,
  instance_id TEXT NOT NULL,
  trigger TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  start_number INTEGER NOT NULL,
  spool_epoch_number INTEGER NOT NULL,
  status TEXT NOT NULL,
  detailed_status TEXT NOT NULL,
  association_version INTEGER NOT NULL,
  document_version INTEGER NOT NULL,
  revision_sha256 TEXT NOT NULL,
  scheduled INTEGER,
  started INTEGER,
  ended INTEGER,
  caught_up INTEGER NOT NULL,
  missed_ticks INTEGER NOT NULL,
  steps BLOB NOT NULL,                -- StepReport messages, each after its length
  received INTEGER NOT NULL,
  reason TEXT NOT NULL,               -- in words, where the detailed status leaves something to say
  change INTEGER NOT NULL             -- counts the writes of runs of the execution: a cursor
) STRICT;
CREATE INDEX run_by_change ON run (execution_id, change);
-- Counts and statuses of an execution are read from this alone: rows carry output.
CREATE INDEX run_by_execution ON run (execution_id, instance_id, status, detailed_status);
CREATE INDEX run_by_instance ON run (instance_id, association_id, spool_epoch_number, start_number);

-- The newest run of each association on each instance, by (spool epoch, start number).
CREATE TABLE current_run (
  instance_id TEXT NOT NULL,
  association_id TEXT NOT NULL,
  run_id TEXT NOT NULL,
  status TEXT NOT NULL,
  spool_epoch_number INTEGER NOT NULL,
  start_number INTEGER NOT NULL,
  last_success INTEGER,
  PRIMARY KEY (instance_id, association_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX current_run_by_association ON current_run (association_id, status);

CREATE TABLE compliance_item (
  instance_id TEXT NOT NULL,
  type TEXT NOT NULL,                 -- Association, State, Patch, Custom:NAME
  id TEXT NOT NULL,                   -- of an association: its id; of what is within one: that, a slash and a word
  title TEXT NOT NULL,
  status TEXT NOT NULL,               -- COMPLIANT, NON_COMPLIANT, UNKNOWN
  severity TEXT NOT NULL,
  execution_time INTEGER NOT NULL,
  execution_id TEXT NOT NULL,
  execution_type TEXT NOT NULL,
  details TEXT NOT NULL,
  evidence TEXT NOT NULL,
  since INTEGER NOT NULL,
  fresh_until INTEGER,                -- past this it is UNKNOWN; none: never
  spool_epoch_number INTEGER NOT NULL, -- of the run that the verdict came from: it moves forward only
  start_number INTEGER NOT NULL,
  reported INTEGER NOT NULL,          -- when what it came from was stored
  PRIMARY KEY (instance_id, type, id)
) STRICT, WITHOUT ROWID;
-- Who has an item with an id is read and counted from this alone: rows carry evidence.
CREATE INDEX compliance_item_by_id ON compliance_item (id, instance_id, type, status, severity);
CREATE INDEX compliance_item_not_compliant ON compliance_item (instance_id, type, id) WHERE status <> 'COMPLIANT';
CREATE INDEX compliance_item_by_freshness ON compliance_item (fresh_until)
  WHERE status <> 'UNKNOWN' AND fresh_until IS NOT NULL;

-- What people put: when it was, and the hash by which the same is known again.
CREATE TABLE compliance_put (
  instance_id TEXT NOT NULL,
  type TEXT NOT NULL,
  scope TEXT NOT NULL,                -- of type Association: the association; else empty
  execution_time INTEGER NOT NULL,
  content_hash TEXT NOT NULL,         -- empty: none was given
  of_host INTEGER NOT NULL,           -- put on the host itself: those come in their order
  items INTEGER NOT NULL,
  PRIMARY KEY (instance_id, type, scope)
) STRICT, WITHOUT ROWID;

-- How many items of a type an instance has, by status and severity. Triggers keep it, and the two tables that follow from it: whoever
-- writes items can't forget to.
CREATE TABLE compliance_count (
  instance_id TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  severity TEXT NOT NULL,
  items INTEGER NOT NULL,             -- never 0
  -- The lowest of an instance and type says where it stands: what is not compliant, then what is unknown, each from the worst.
  rank INTEGER GENERATED ALWAYS AS (
      CASE status WHEN 'NON_COMPLIANT' THEN 0 WHEN 'UNKNOWN' THEN 10 ELSE 20 END
      + CASE severity WHEN 'CRITICAL' THEN 0 WHEN 'HIGH' THEN 1 WHEN 'MEDIUM' THEN 2 WHEN 'LOW' THEN 3
          WHEN 'INFORMATIONAL' THEN 4 ELSE 5 END) VIRTUAL,
  PRIMARY KEY (instance_id, type, status, severity)
) STRICT, WITHOUT ROWID;

-- Where an instance stands in a type. What is unknown carries no severity.
CREATE TABLE compliance_resource (
  instance_id TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  severity TEXT NOT NULL,
  PRIMARY KEY (instance_id, type)
) STRICT, WITHOUT ROWID;
CREATE INDEX compliance_resource_by_status ON compliance_resource (status, instance_id, type);

-- How many instances stand how in a type.
CREATE TABLE compliance_type (
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  severity TEXT NOT NULL,
  resources INTEGER NOT NULL,
  PRIMARY KEY (type, status, severity)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER compliance_item_added AFTER INSERT ON compliance_item BEGIN
  INSERT INTO compliance_count (instance_id, type, status, severity, items)
    VALUES (NEW.instance_id, NEW.type, NEW.status, NEW.severity, 1)
    ON CONFLICT DO UPDATE SET items = items + 1;
END;

CREATE TRIGGER compliance_item_removed AFTER DELETE ON compliance_item BEGIN
  UPDATE compliance_count SET items = items - 1
    WHERE instance_id = OLD.instance_id AND type = OLD.type AND status = OLD.status AND severity = OLD.severity;
END;

CREATE TRIGGER compliance_item_changed AFTER UPDATE OF status, severity ON compliance_item
WHEN NEW.status <> OLD.status OR NEW.severity <> OLD.severity BEGIN
  INSERT INTO compliance_count (instance_id, type, status, severity, items)
    VALUES (NEW.instance_id, NEW.type, NEW.status, NEW.severity, 1)
    ON CONFLICT DO UPDATE SET items = items + 1;
  UPDATE compliance_count SET items = items - 1
    WHERE instance_id = OLD.instance_id AND type = OLD.type AND status = OLD.status AND severity = OLD.severity;
END;

CREATE TRIGGER compliance_count_empty AFTER UPDATE ON compliance_count WHEN NEW.items = 0 BEGIN
  DELETE FROM compliance_count
    WHERE instance_id = NEW.instance_id AND type = NEW.type AND status = NEW.status AND severity = NEW.severity;
END;

CREATE TRIGGER compliance_count_came AFTER INSERT ON compliance_count BEGIN
  INSERT INTO compliance_resource (instance_id, type, status, severity)
    SELECT instance_id, type, status, CASE status WHEN 'UNKNOWN' THEN 'UNSPECIFIED' ELSE severity END
    FROM compliance_count WHERE instance_id = NEW.instance_id AND type = NEW.type ORDER BY rank LIMIT 1
    ON CONFLICT DO UPDATE SET status = excluded.status, severity = excluded.severity;
END;

CREATE TRIGGER compliance_count_went AFTER DELETE ON compliance_count BEGIN
  INSERT INTO compliance_resource (instance_id, type, status, severity)
    SELECT instance_id, type, status, CASE status WHEN 'UNKNOWN' THEN 'UNSPECIFIED' ELSE severity END
    FROM compliance_count WHERE instance_id = OLD.instance_id AND type = OLD.type ORDER BY rank LIMIT 1
    ON CONFLICT DO UPDATE SET status = excluded.status, severity = excluded.severity;
  DELETE FROM compliance_resource WHERE instance_id = OLD.instance_id AND type = OLD.type
    AND NOT EXISTS (SELECT 1 FROM compliance_count WHERE instance_id = OLD.instance_id AND type = OLD.type);
END;

CREATE TRIGGER compliance_resource_came AFTER INSERT ON compliance_resource BEGIN
  INSERT INTO compliance_type (type, status, severity, resources) VALUES (NEW.type, NEW.status, NEW.severity, 1)
    ON CONFLICT DO UPDATE SET resources = resources + 1;
END;

CREATE TRIGGER compliance_resource_went AFTER DELETE ON compliance_resource BEGIN
  UPDATE compliance_type SET resources = resources - 1
    WHERE type = OLD.type AND status = OLD.status AND severity = OLD.severity;
END;

CREATE TRIGGER compliance_resource_moved AFTER UPDATE ON compliance_resource
WHEN NEW.status <> OLD.status OR NEW.severity <> OLD.severity BEGIN
  INSERT INTO compliance_type (type, status, severity, resources) VALUES (NEW.type, NEW.status, NEW.severity, 1)
    ON CONFLICT DO UPDATE SET resources = resources + 1;
  UPDATE compliance_type SET resources = resources - 1
    WHERE type = OLD.type AND status = OLD.status AND severity = OLD.severity;
END;

CREATE TRIGGER compliance_type_empty AFTER UPDATE ON compliance_type WHEN NEW.resources = 0 BEGIN
  DELETE FROM compliance_type WHERE type = NEW.type AND status = NEW.status AND severity = NEW.severity;
END;

-- Each distinct item of inventory once, whoever has it. What differs from instance to instance (when a package was
-- installed) is not in it: that is in the rows of those who have it.
CREATE TABLE inventory_item (
  number INTEGER NOT NULL PRIMARY KEY,
  type TEXT NOT NULL,
  version_order TEXT NOT NULL,        -- whose rule its versions follow: DPKG, RPM, APK, GENERIC
  sha256 BLOB NOT NULL,               -- of the attributes
  attributes BLOB NOT NULL,           -- by name, each text after its length
  unheld INTEGER,                     -- when nobody was seen to have it any more
  UNIQUE (sha256, type, version_order)
) STRICT;
CREATE INDEX inventory_item_by_unheld ON inventory_item (unheld) WHERE unheld IS NOT NULL;

-- A row holds kilobytes, so it is a rowid table: rows without a rowid would each spill into a page of their own.
CREATE TABLE inventory (
  instance_id TEXT NOT NULL,
  type TEXT NOT NULL,
  schema_version TEXT NOT NULL,
  captured INTEGER NOT NULL,
  content_hash TEXT NOT NULL,         -- of all items, whole
  bytes INTEGER NOT NULL,             -- of their attributes
  entries BLOB NOT NULL,              -- numbers of items, and what is the instance's own of each
  UNIQUE (instance_id, type)
) STRICT;
CREATE INDEX inventory_by_type ON inventory (type, instance_id, schema_version);

-- Instances that were deregistered and whose inventory is not yet deleted.
CREATE TABLE inventory_leaving (
  instance_id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- What appeared, changed and went. Items are kept for as long as a change names them.
CREATE TABLE inventory_change (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  instance_id TEXT NOT NULL,
  type TEXT NOT NULL,
  before_item INTEGER,                -- none: added
  before_own BLOB NOT NULL,           -- what was the instance's own of it
  after_item INTEGER,                 -- none: removed
  after_own BLOB NOT NULL
) STRICT;
CREATE INDEX inventory_change_by_time ON inventory_change (time, id);
CREATE INDEX inventory_change_by_instance ON inventory_change (instance_id, id);

-- Deletions of a custom type; the rows go in batches.
CREATE TABLE inventory_deletion (
  id TEXT NOT NULL PRIMARY KEY,
  type TEXT NOT NULL,
  started INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  ended INTEGER,
  after_instance TEXT NOT NULL,       -- up to here all rows are gone
  summary TEXT NOT NULL,              -- schema version to how many instances had it
  remaining TEXT NOT NULL             -- the same of those that are still to go
) STRICT, WITHOUT ROWID;
CREATE INDEX inventory_deletion_by_time ON inventory_deletion (started, id);
CREATE INDEX inventory_deletion_open ON inventory_deletion (started, id) WHERE ended IS NULL;

-- Custom types of which nothing is stored until a higher schema version comes.
CREATE TABLE inventory_disabled (
  type TEXT NOT NULL PRIMARY KEY,
  schema_version TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Where events are sent to. Types are a JSON list.
CREATE TABLE webhook (
  name TEXT NOT NULL PRIMARY KEY,
  url TEXT NOT NULL,
  types TEXT NOT NULL,
  key_id TEXT NOT NULL,               -- which key encrypted the secret
  secret BLOB NOT NULL,               -- nonce, ciphertext, tag
  serial INTEGER NOT NULL,            -- counts how often it was put
  position INTEGER NOT NULL,          -- of the log: up to here all is delivered that is to be
  condition TEXT NOT NULL,            -- OK, FAILING, GIVEN_UP
  message TEXT NOT NULL,
  since INTEGER NOT NULL,             -- of the condition
  failures INTEGER NOT NULL,
  next_attempt INTEGER
) STRICT, WITHOUT ROWID;
