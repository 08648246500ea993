-- The life of an identity. Each change of a state or of the certificates that count takes the next identity_version, so
-- that whoever watches reads only what is new.
ALTER TABLE instance ADD COLUMN state_since INTEGER;
ALTER TABLE instance ADD COLUMN state_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE instance ADD COLUMN identity_version INTEGER NOT NULL DEFAULT 0;
-- Of the certificate in use: the key that it has now. public_key_sha256 stays the one that enrolled.
ALTER TABLE instance ADD COLUMN key_sha256 TEXT NOT NULL DEFAULT '';
ALTER TABLE instance ADD COLUMN promoted INTEGER;     -- when the certificate in use was used first; null: at enrolment
-- Given out and not used yet. Until it is, the one in use counts, but not for long.
ALTER TABLE instance ADD COLUMN next_serial TEXT NOT NULL DEFAULT '';
ALTER TABLE instance ADD COLUMN next_key_sha256 TEXT NOT NULL DEFAULT '';
ALTER TABLE instance ADD COLUMN next_certificate BLOB;
ALTER TABLE instance ADD COLUMN next_issued INTEGER;
ALTER TABLE instance ADD COLUMN approved_nonce TEXT NOT NULL DEFAULT ''; -- only this copy may speak; empty: nobody chose
ALTER TABLE instance ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
UPDATE instance SET key_sha256 = public_key_sha256, state_since = registered;
CREATE INDEX instance_by_identity_version ON instance (identity_version) WHERE identity_version > 0;
CREATE INDEX instance_by_public_key ON instance (public_key_sha256);
CREATE INDEX instance_by_key ON instance (key_sha256);
CREATE INDEX instance_by_next_key ON instance (next_key_sha256) WHERE next_key_sha256 <> '';

-- When an instance came back by proving that it has its key; the last 30 days.
CREATE TABLE recovery (
  instance_id TEXT NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (instance_id, time)
) STRICT, WITHOUT ROWID;

-- The machines that said that they are an instance which is DUPLICATE.
CREATE TABLE claimant (
  instance_id TEXT NOT NULL,
  install_nonce TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  computer_name TEXT NOT NULL,
  address TEXT NOT NULL,
  seen INTEGER NOT NULL,
  -- the certificate that it showed; it is the one in use again if this machine is picked
  serial TEXT NOT NULL,
  key_sha256 TEXT NOT NULL,
  certificate BLOB NOT NULL,
  PRIMARY KEY (instance_id, install_nonce)
) STRICT, WITHOUT ROWID;
