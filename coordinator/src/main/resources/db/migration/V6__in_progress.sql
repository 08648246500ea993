-- Whether any run of an execution goes on is asked with each report that comes late: rows carry output, and most have ended.
CREATE INDEX run_in_progress ON run (execution_id) WHERE status = 'IN_PROGRESS';
