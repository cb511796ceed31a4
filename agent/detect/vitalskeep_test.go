package detect

import (
	"testing"
	"time"

	"osmanthus/care"
)

// again is the home after a restart, seconds after the start.
func (h *home) again(at float64, p Plan) *home {
	h.t.Helper()
	state, err := h.engine.Save(after(at))
	if err != nil {
		h.t.Fatal(err)
	}
	next := newHome(h.t, h.source, p)
	if err := next.engine.Load(state, after(at+5)); err != nil {
		h.t.Fatal(err)
	}
	return next
}

// Who has a racing heart when the agent restarts is one alarm, not two, of which
// the first would never be over.
func TestAnOpenVitalSignOutlivesARestart(t *testing.T) {
	softer := Plan{Overrides: []Override{{Resident: "r-1", Metric: care.HeartRate, Side: Above, Priority: care.Medium,
		Value: 128, By: "Dr. Lin", Why: "atrial fibrillation", Until: after(86400)}}}
	slow := Plan{Limits: []Limit{{Metric: care.HeartRate, Side: Below, Priority: care.High, Value: 40, Hysteresis: 3, Persist: 10 * time.Second}}}
	for _, c := range []struct {
		name   string
		plan   Plan // from the restart on
		values []float64
		want   string
	}{
		{"still so", Plan{}, times(60, 126), ""},
		{"at the limit", Plan{}, times(60, 118), ""},
		{"worse", Plan{}, times(20, 140), hrHigh},
		{"well again", Plan{}, times(20, 80), hrClear},
		{"well for 5 s only", Plan{}, append(times(5, 80), times(30, 126)...), ""},
		{"well, and then again", Plan{}, append(times(20, 80), times(20, 126)...), hrClear + " " + hrMedium},
		{"somebody raised the limit meanwhile", softer, times(20, 124), hrClear},
		{"or took it away", slow, times(20, 126), hrClear},
	} {
		h := newHome(t, Source{Kind: Vitals}, Plan{})
		h.rate(0, times(20, 126)...)
		h.want(hrMedium)
		next := h.again(20, c.plan)
		next.rate(25, c.values...)
		if got := next.said(); got != c.want {
			t.Errorf("%s: it said %q, want %q", c.name, got, c.want)
		}
		if len(next.alerts) > 0 && (next.alerts[0].Episode != h.alerts[0].Episode || !next.alerts[0].Onset.Equal(h.alerts[0].Onset)) {
			t.Errorf("%s: another episode", c.name)
		}
	}
}

// The state changes with the alert, not with the values: each change is a write.
func TestTheStateOfAVitalSignIsItsOpenAlert(t *testing.T) {
	h := newHome(t, Source{Kind: Vitals}, Plan{})
	changes := 0
	var kept []byte
	for i, v := range append(append(times(100, 70, 126), times(300, 126)...), times(100, 70)...) {
		h.reading(care.PulseRate, v, float64(i))
		state, err := h.engine.Save(after(float64(i)))
		if err != nil {
			t.Fatal(err)
		}
		if !SameState(kept, state) {
			kept, changes = state, changes+1
		}
	}
	h.want(hrMedium + " " + hrClear)
	if changes > 4 { // the first, the track of NEWS2, the alert, and its end
		t.Errorf("%d changes", changes)
	}
}

func TestAVitalSignThatCannotHaveBeenIsRefused(t *testing.T) {
	for _, bad := range []string{
		`{}`,
		`[{"metric":1,"side":1,"priority":2}]`,
		`[{"metric":1,"side":3,"priority":2,"onset":"2026-01-01T00:00:00Z"}]`,
		`[{"metric":1,"side":1,"priority":4,"onset":"2026-01-01T00:00:00Z"}]`,
		`[{"metric":9999,"side":1,"priority":2,"onset":"2026-01-01T00:00:00Z"}]`,
	} {
		d := newVitals(Plan{}, Source{})
		if err := d.load([]byte(bad), outage{}); err == nil || len(d.sides) > 0 {
			t.Errorf("%s is accepted", bad)
		}
	}
}
