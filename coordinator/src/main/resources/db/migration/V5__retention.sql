-- How runs ended whose rows are gone: what the targets of their executions read, and how a report that is repeated is known.
-- They stay as long as their execution.
CREATE TABLE ended_run (
  execution_id TEXT NOT NULL,
  instance_id TEXT NOT NULL,
  status TEXT NOT NULL,
  detailed_status TEXT NOT NULL,
  PRIMARY KEY (execution_id, instance_id)
) STRICT, WITHOUT ROWID;

-- Whether what the steps put out is still among them.
ALTER TABLE run ADD COLUMN output INTEGER NOT NULL DEFAULT 1;

-- What may go is decided from this alone: rows carry output.
DROP INDEX run_by_instance;
CREATE INDEX run_by_instance ON run (instance_id, association_id, spool_epoch_number, start_number, status, received, output);
