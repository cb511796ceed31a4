-- +goose Up
CREATE TABLE rooms (
  id    INTEGER PRIMARY KEY,
  place TEXT NOT NULL,            -- ward or floor
  name  TEXT NOT NULL,
  UNIQUE (place, name)
) STRICT;

CREATE TABLE residents (
  id      TEXT PRIMARY KEY,       -- the pseudonym that gateways know
  name    TEXT NOT NULL,          -- is nowhere else
  room    INTEGER NOT NULL REFERENCES rooms (id),
  bed     TEXT NOT NULL,
  gateway TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
  name     TEXT PRIMARY KEY COLLATE NOCASE,
  role     TEXT NOT NULL CHECK (role IN ('nurse', 'admin')),
  language TEXT NOT NULL,
  password TEXT NOT NULL,         -- argon2id, PHC string
  disabled INTEGER NOT NULL DEFAULT 0,
  created  INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  token   BLOB PRIMARY KEY,       -- SHA-256 of the token; the token is only in the browser
  user    TEXT NOT NULL COLLATE NOCASE REFERENCES users (name),
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user);

CREATE TABLE alarms (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  site     TEXT NOT NULL,
  gateway  TEXT NOT NULL,
  episode  BLOB NOT NULL,
  kind     INTEGER NOT NULL,
  resident TEXT NOT NULL,
  open     INTEGER NOT NULL,
  raised   INTEGER NOT NULL,
  changed  INTEGER NOT NULL,      -- of the last step
  UNIQUE (gateway, episode)       -- one happening is one alarm, however often it is told
) STRICT;
CREATE INDEX alarms_open ON alarms (id) WHERE open = 1;
CREATE INDEX alarms_resident ON alarms (resident, id);
CREATE INDEX alarms_gateway ON alarms (gateway, changed);

-- The log is the truth; alarms is its index.
CREATE TABLE alarm_log (
  alarm INTEGER NOT NULL REFERENCES alarms (id),
  n     INTEGER NOT NULL,         -- 1, 2, 3 …
  at    INTEGER NOT NULL,
  event BLOB NOT NULL,            -- JSON of package alarm
  PRIMARY KEY (alarm, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE boards (
  gateway TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  at       INTEGER NOT NULL,
  who      TEXT NOT NULL,
  address  TEXT NOT NULL,
  action   TEXT NOT NULL,
  resident TEXT NOT NULL,
  detail   TEXT NOT NULL
) STRICT;
CREATE INDEX audit_resident ON audit (resident, id);

-- +goose StatementBegin
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is not changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER alarm_log_is_not_changed BEFORE UPDATE ON alarm_log
BEGIN SELECT RAISE(ABORT, 'the alarm log is not changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER alarm_log_is_not_shortened BEFORE DELETE ON alarm_log
BEGIN SELECT RAISE(ABORT, 'the alarm log is not shortened'); END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE audit;
DROP TABLE boards;
DROP TABLE alarm_log;
DROP TABLE alarms;
DROP TABLE sessions;
DROP TABLE users;
DROP TABLE residents;
DROP TABLE rooms;
