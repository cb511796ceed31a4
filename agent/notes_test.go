package agent

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osmanthus/agent/config"
)

// Who reads "ok" must not believe in rules that have no ears here.
func TestTheCheckSaysWhichRulesOfRoomsCanNeverSpeak(t *testing.T) {
	const head = "site: home-1\ngateway: gw-1\n"
	const all = `
sensors:
  - {id: front, kind: door, resident: r-1, pin: GPIO5, room: entrance}
  - {id: bath, kind: motion, resident: r-1, pin: GPIO6, room: bathroom}
  - {id: hall, kind: motion, resident: r-1, pin: GPIO7, room: hall}
  - {id: kitchen, kind: motion, resident: r-1, pin: GPIO8, room: kitchen}
`
	const call = "\nsensors: [{id: call, kind: callpoint, resident: r-1, pin: GPIO5}]\n"
	const kitchen = "\nsensors: [{id: k, kind: motion, resident: r-1, pin: GPIO5, room: kitchen}]\n"
	for _, c := range []struct {
		is, file string
		want     []string // in the notes; none: nothing is said of rooms
	}{
		{"everything is heard", head + "residents: [{id: r-1}]" + all, nil},
		{"nobody watches rooms, nor said so", head + "residents: [{id: r-1}]" + call, nil},
		{"limits without a sensor", head + "residents: [{id: r-1, rooms: {still: 4h}}]" + call, []string{"resident r-1: no rule of rooms holds"}},
		{"only a kitchen", head + "residents: [{id: r-1}]" + kitchen,
			[]string{"resident r-1: bathroom_long is never raised", "resident r-1: no_movement by day is never raised", "door_at_night is never", "wandering is never"}},
	} {
		t.Run(c.is, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "home.yaml")
			if err := os.WriteFile(file, []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			if code := Main([]string{"check", "-config", file}, &stdout, &stderr); code != 0 || !strings.Contains(stdout.String(), "ok") {
				t.Errorf("it is no mistake, and the check says %d %s%s", code, &stdout, &stderr)
			}
			for _, want := range c.want {
				if !strings.Contains(stderr.String(), "note: ") || !strings.Contains(stderr.String(), want) {
					t.Errorf("want %q, have\n%s", want, &stderr)
				}
			}
			if c.want == nil && strings.Contains(stderr.String(), "r-1") {
				t.Errorf("nothing is wrong, have\n%s", &stderr)
			}
		})
	}
}

// A gateway out of its box has UTC: there the night of a home in China begins
// at six in the morning.
func TestAZoneThatNobodySetIsSaid(t *testing.T) {
	at := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		zone string
		at   time.Time
		said bool
	}{{"", at, true}, {"UTC", at, false}, {"Asia/Shanghai", at, false}, {"", at.In(time.FixedZone("CST", 8*3600)), false}} {
		cfg := config.Config{TimeZone: c.zone, Residents: []config.Resident{{ID: "r-1"}}}
		if got := strings.Join(notes(cfg, c.at), "\n"); strings.Contains(got, "time_zone is left out") != c.said {
			t.Errorf("%q on a machine at %v: %s", c.zone, c.at, got)
		}
	}
}
