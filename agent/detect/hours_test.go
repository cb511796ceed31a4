package detect

import (
	"testing"
	"time"
	_ "time/tzdata" // the machine that tests may lack the tables of the zones
)

func TestHoursFollowTheClockOnTheWall(t *testing.T) {
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Skipf("SKIPPED: no time zones on this machine: %v", err)
		}
		return z
	}
	berlin, shanghai := zone("Europe/Berlin"), zone("Asia/Shanghai")
	night := Hours{22 * time.Hour, 6 * time.Hour}
	noon := Hours{12 * time.Hour, 14 * time.Hour}
	for _, c := range []struct {
		at    string
		zone  *time.Location
		hours Hours
		want  bool
	}{
		{"2026-06-01T20:00:00Z", berlin, night, true}, // 22:00 in summer
		{"2026-06-01T19:59:59Z", berlin, night, false},
		{"2026-06-02T04:00:00Z", berlin, night, false}, // 06:00
		{"2026-01-01T21:00:00Z", berlin, night, true},  // 22:00 in winter
		{"2026-01-02T05:00:00Z", berlin, night, false},
		// 29 March 2026, 02:00 becomes 03:00; 25 October, 03:00 becomes 02:00.
		{"2026-03-29T03:59:59Z", berlin, night, true},
		{"2026-03-29T04:00:00Z", berlin, night, false},
		{"2026-10-25T03:59:59Z", berlin, night, true},
		{"2026-10-25T04:59:59Z", berlin, night, true},
		{"2026-10-25T05:00:00Z", berlin, night, false},
		{"2026-10-25T00:30:00Z", berlin, Hours{2 * time.Hour, 3 * time.Hour}, true}, // 02:30, the first time
		{"2026-10-25T01:30:00Z", berlin, Hours{2 * time.Hour, 3 * time.Hour}, true}, // and the second
		{"2026-03-29T01:00:00Z", berlin, Hours{2 * time.Hour, 3 * time.Hour}, false},
		{"2026-03-29T22:00:00Z", shanghai, night, false}, // 06:00, and China changes no clocks
		{"2026-03-29T21:59:59Z", shanghai, night, true},
		{"2026-06-01T12:00:00Z", nil, noon, true},
		{"2026-06-01T14:00:00Z", nil, noon, false},
		{"2026-06-01T14:00:00Z", nil, Hours{}, true},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.hours.Hold(at, c.zone); got != c.want {
			t.Errorf("%s in %v: %v holds %v, want %v", c.at, c.zone, c.hours, got, c.want)
		}
	}
	if (Hours{From: -1}).check() == nil || (Hours{To: 25 * time.Hour}).check() == nil || Night.check() != nil {
		t.Error("hours that no day has passed the check, or the night did not")
	}
}
