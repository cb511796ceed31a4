package replay

import (
	"testing"
	"time"
)

func TestTheWallOfARecordingFollowsItsZone(t *testing.T) {
	for _, c := range []struct {
		zone, start string
		after       time.Duration
		want        string
	}{
		{"Asia/Shanghai", "2026-03-01T20:15:00+08:00", 0, "20:15"},
		{"Asia/Shanghai", "2026-03-01T20:15:00+08:00", 200 * 24 * time.Hour, "20:15"},
		{"Europe/Berlin", "2026-03-28T20:00:00+01:00", 5 * time.Hour, "01:00"},
		{"Europe/Berlin", "2026-03-28T20:00:00+01:00", 6 * time.Hour, "03:00"},
		{"Europe/Berlin", "2026-10-24T20:00:00+02:00", 6*time.Hour + 30*time.Minute, "02:30"},
		{"Europe/Berlin", "2026-10-24T20:00:00+02:00", 7*time.Hour + 30*time.Minute, "02:30"},
		{"Europe/Berlin", "2026-10-24T20:00:00+02:00", 220 * 24 * time.Hour, "20:00"}, // summer again
		{"Europe/Berlin", "2008-02-25T08:00:00+01:00", 40 * 24 * time.Hour, "09:00"},
		{"America/St_Johns", "2026-03-07T23:45:00-03:30", 3 * time.Hour, "03:45"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		start, err := time.Parse(time.RFC3339, c.start)
		if err != nil {
			t.Fatal(err)
		}
		wall, err := wallOf(start.In(zone))
		if err != nil {
			t.Fatal(err)
		}
		if got := epoch.Add(c.after).In(wall).Format("15:04"); got != c.want {
			t.Errorf("%s: %v after %s the wall shows %s, want %s", c.zone, c.after, c.start, got, c.want)
		}
	}
}
