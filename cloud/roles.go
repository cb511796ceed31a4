package cloud

import (
	"errors"
	"fmt"
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
