// Package api is the HTTP interface of the cloud for people: the nurse
// station, the resident page and administration, described by openapi.yaml.
//
// It knows no database and no broker. What it needs it asks through the small
// interfaces of deps.go, which package cloud fulfils.
package api
