// Package api is the HTTP interface of the cloud for people: the nurse
// station, the resident page and administration, described by openapi.yaml.
//
// The audit log gets a row for everything that a person does, log-ins and what
// was refused or failed included, and for everything about residents that is
// read. An open page reads the same things again and again: one row speaks for
// what the same session reads again from the same address within the hour that
// follows, so that a station writes some rows an hour and not thousands a day.
//
// It knows no database and no broker. What it needs it asks through the small
// interfaces of deps.go, which package cloud fulfils.
package api
