-- +goose Up
CREATE TABLE presence (
  gateway TEXT PRIMARY KEY,
  heard   INTEGER NOT NULL,      -- when it last said that it is there
  online  INTEGER NOT NULL       -- 0 after its will, or when it was told to end
) STRICT;

-- +goose Down
DROP TABLE presence;
