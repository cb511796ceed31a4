package detect

import (
	"testing"

	"osmanthus/care"
)

const (
	lost, worse, back = "power_lost:confirmed:low", "power_lost:confirmed:medium", "power_lost:cleared:low"
	backUrgent        = "power_lost:cleared:medium"
)

func TestA8_TheMainsFail(t *testing.T) {
	type step struct{ at, mains, volts float64 } // volts 0: not measured
	for _, c := range []struct {
		name  string
		steps []step
		until float64
		want  string
	}{
		{"they are there", []step{{0, 1, 13}}, 100, ""},
		{"a dip", []step{{0, 1, 13}, {10, 0, 13}, {18, 1, 13}}, 100, ""},
		{"they fail", []step{{0, 1, 13}, {10, 0, 12.8}}, 100, lost},
		{"they fail before it begins", []step{{0, 0, 12.8}}, 100, lost},
		{"they come back", []step{{0, 0, 12.8}, {100, 1, 12.9}}, 200, lost + " " + back},
		{"back for an instant", []step{{0, 0, 12.8}, {100, 1, 12.9}, {120, 0, 12.8}}, 200, lost},
		{"the battery runs down", []step{{0, 0, 12.8}, {100, 0, 11.4}}, 200, lost + " " + worse},
		{"its voltage dips", []step{{0, 0, 12.8}, {100, 0, 11.4}, {110, 0, 12.5}}, 200, lost},
		{"low from the start", []step{{0, 1, 11.2}, {60, 0, 11.2}}, 200, worse},
		{"low, then back", []step{{0, 0, 12.8}, {100, 0, 11.4}, {200, 1, 12}}, 300, lost + " " + worse + " " + backUrgent},
		{"nothing known of the battery", []step{{0, 0, 0}}, 1700, lost},
		{"and that for long", []step{{0, 0, 0}}, 1900, lost + " " + worse},
		{"known and good for long", []step{{0, 0, 12.8}, {900, 0, 12.7}, {1800, 0, 12.6}}, 1900, lost},
		{"measured no more", []step{{0, 0, 12.8}}, 1900, lost + " " + worse},
		{"again", []step{{0, 0, 12.8}, {100, 1, 13}, {200, 0, 12.8}}, 300, lost + " " + back + " " + lost},
	} {
		h := newHome(t, Source{Kind: MainsSensor, Class: Unsupervised, LowBattery: 11.5}, Plan{})
		for i, s := range c.steps {
			if s.volts > 0 {
				h.reading(care.BatteryVoltage, s.volts, s.at)
			}
			h.reading(care.MainsPower, s.mains, s.at)
			end := c.until
			if i+1 < len(c.steps) {
				end = c.steps[i+1].at - 1
			}
			h.tick(s.at, end)
		}
		if h.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.said(), c.want)
		}
		for _, a := range h.alerts {
			if !a.Kind.Technical() || a.Priority > care.Medium {
				t.Errorf("%s: %+v", c.name, a)
			}
		}
	}
}

// A battery that a day of mains does not charge is worn out; one that was used
// is not.
func TestA8_ABatteryThatDoesNotChargeIsTold(t *testing.T) {
	h := newHome(t, Source{Kind: MainsSensor, LowBattery: 11.5}, Plan{})
	h.reading(care.MainsPower, 1, 0)
	for at := 0.0; at < 25*3600; at += 60 {
		h.reading(care.BatteryVoltage, 11, at)
		h.tick(at, at)
		if at == 23*3600 {
			h.want("")
		}
	}
	h.want("battery_low:confirmed:low")
	h.reading(care.BatteryVoltage, 13, 25*3600)
	h.tick(25*3600, 25*3600+40)
	h.want("battery_low:confirmed:low battery_low:cleared:low")
}

// A battery that was low once and is measured no more may be full by now.
func TestABatteryThatIsNotMeasuredIsNotToldAsLow(t *testing.T) {
	h := newHome(t, Source{Kind: MainsSensor, Class: Unsupervised, LowBattery: 11.5}, Plan{})
	h.reading(care.BatteryVoltage, 11, 0)
	for at := 0.0; at < 26*3600; at += 60 {
		h.reading(care.MainsPower, 1, at)
		h.tick(at, at)
	}
	h.want("")
	h.reading(care.BatteryVoltage, 13, 26*3600)
	h.tick(26*3600, 26*3600+40)
	h.want("")
}
