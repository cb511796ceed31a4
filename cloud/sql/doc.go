// Package sql keeps the records of the house in SQLite: residents and rooms,
// accounts and sessions, alarms, and who read or did what.
//
// It is the only package that knows a database driver. Each subject has a file
// of its own here and one for its tests. Times are stored as milliseconds
// since 1970 in UTC. There is one writer at a time; readers never wait for it.
package sql
