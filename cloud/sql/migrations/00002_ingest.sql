-- +goose Up
CREATE TABLE gateways (
  id      TEXT PRIMARY KEY,
  site    TEXT NOT NULL,
  added   INTEGER NOT NULL,
  revoked INTEGER NOT NULL DEFAULT 0  -- when, or 0
) STRICT;

CREATE TABLE gateway_certs (
  serial    TEXT PRIMARY KEY,         -- lower-case hexadecimal
  gateway   TEXT NOT NULL REFERENCES gateways (id),
  issued    INTEGER NOT NULL,
  not_after INTEGER NOT NULL,
  revoked   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX gateway_certs_gateway ON gateway_certs (gateway);

-- Which telemetry of a boot is settled.
CREATE TABLE ledger (
  gateway TEXT NOT NULL,
  boot    INTEGER NOT NULL,           -- the 64 bits, as a signed integer
  settled TEXT NOT NULL,              -- ranges, ascending: "1-17,19-40"
  changed INTEGER NOT NULL,
  PRIMARY KEY (gateway, boot)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_changed ON ledger (gateway, changed);

CREATE TABLE quarantine (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  gateway  TEXT NOT NULL,             -- '' where the topic names no registered one
  topic    TEXT NOT NULL,
  digest   BLOB NOT NULL,             -- SHA-256 of topic, NUL and payload
  payload  BLOB NOT NULL,
  reason   TEXT NOT NULL,
  first    INTEGER NOT NULL,          -- when it came
  last     INTEGER NOT NULL,          -- when the same came again
  times    INTEGER NOT NULL DEFAULT 1,
  replay   INTEGER NOT NULL DEFAULT 0,-- somebody asked for it
  replayed INTEGER NOT NULL DEFAULT 0,-- when it was last tried
  UNIQUE (gateway, digest)
) STRICT;
CREATE INDEX quarantine_replay ON quarantine (id) WHERE replay = 1;

-- +goose Down
DROP TABLE quarantine;
DROP TABLE ledger;
DROP TABLE gateway_certs;
DROP TABLE gateways;
