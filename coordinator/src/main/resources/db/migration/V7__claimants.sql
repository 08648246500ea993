-- Which process says that it is an instance: once it is told of the copies it has another install nonce, and the one before is nobody's.
ALTER TABLE claimant ADD COLUMN process TEXT NOT NULL DEFAULT '';
