package cloud

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
)

// Roles say which parts one process runs.
type Roles struct{ Ingest, Alarm, Web bool }

// ParseRoles reads "ingest,alarm,web" or a part of it. Ingest and alarm belong
// together, because the one learns first what the other watches.
func ParseRoles(s string) (r Roles, err error) {
	for _, one := range strings.Split(s, ",") {
		switch one {
		case "ingest":
			r.Ingest = true
		case "alarm":
			r.Alarm = true
		case "web":
			r.Web = true
		default:
			return Roles{}, fmt.Errorf("cloud: role %q is not ingest, alarm or web", one)
		}
	}
	if r.Ingest != r.Alarm {
		return Roles{}, errors.New("cloud: the roles ingest and alarm run in one process")
	}
	return r, nil
}

// String returns the roles as ParseRoles reads them.
func (r Roles) String() string {
	var on []string
	for _, one := range []struct {
		is   bool
		name string
	}{{r.Ingest, "ingest"}, {r.Alarm, "alarm"}, {r.Web, "web"}} {
		if one.is {
			on = append(on, one.name)
		}
	}
	return strings.Join(on, ",")
}

// Version returns the version of the program, by its source.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision := ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				revision += "+"
			}
		}
	}
	switch {
	case info.Main.Version != "" && info.Main.Version != "(devel)":
		return info.Main.Version
	case revision != "":
		return revision
	}
	return "devel"
}
