package detect

import (
	"math"
	"testing"

	"osmanthus/agent/eval/recordings"
	"osmanthus/care"
)

// dips returns the stretches in which an oximeter that speaks once a second
// stays below 90 % for 10 s: first and last second.
func dips(spo2 []float64) (all [][2]int) {
	from := -1
	for i := 0; i <= len(spo2); i++ {
		switch below := i < len(spo2) && spo2[i] < 90; {
		case below && from < 0:
			from = i
		case !below && from >= 0:
			if i-from >= 10 {
				all = append(all, [2]int{from, i - 1})
			}
			from = -1
		}
	}
	return all
}

func TestD8_EveryDesaturationOfTheRecordingsIsRaisedInTime(t *testing.T) {
	for _, p := range recordings.Read(t, recordings.HypoxiaSpO2) {
		for k, spo2 := range p.SpO2 {
			truth := dips(spo2)
			h := newHome(t, Source{Kind: Vitals, Class: Unsupervised}, Plan{})
			open := make([]bool, len(spo2)) // whether an alert holds in a second
			for i, v := range spo2 {
				if math.IsNaN(v) {
					v = 0 // as an oximeter without a finger says
				}
				h.reading(care.SpO2, v, float64(i))
			}
			raised := 0
			for _, a := range h.alerts {
				if a.Kind != care.VitalLow {
					continue
				}
				from := int(a.At.Sub(start).Seconds())
				for i := from; i < len(open); i++ {
					open[i] = a.State == care.Confirmed
				}
				if a.State == care.Cleared || a.Priority == care.High {
					continue
				}
				raised++
				if n := below(spo2, int(a.Onset.Sub(start).Seconds())-30, from); n < 10 {
					t.Errorf("%s, oximeter %d: raised at %d s after %d s below 90 %%", p.ID, k+1, from, n)
				}
			}
			for _, d := range truth {
				if !open[d[0]+9] || !open[d[1]] {
					t.Errorf("%s, oximeter %d: below 90 %% from %d to %d s, and no alert in the tenth second or at the end", p.ID, k+1, d[0], d[1])
				}
			}
			if len(truth) == 0 && raised > 0 || raised > max(1, len(truth)) {
				t.Errorf("%s, oximeter %d: %d alerts of %d dips", p.ID, k+1, raised, len(truth))
			}
		}
	}
}

func below(spo2 []float64, from, to int) (n int) {
	for i := max(from, 0); i <= to; i++ {
		if spo2[i] < 90 {
			n++
		}
	}
	return n
}

func TestD8_AHealthyNightRaisesNothing(t *testing.T) {
	night := recordings.Read(t, recordings.OximeterNight)
	h := newHome(t, Source{Kind: Vitals, Class: Unsupervised}, Plan{})
	for _, o := range night {
		at := o.At.Sub(night[0].At).Seconds()
		h.reading(care.SpO2, o.SpO2, at)
		h.tick(at, at)
	}
	for _, a := range h.alerts {
		if !a.Kind.Technical() {
			t.Errorf("at %v: %v %v of %v", a.At, a.Kind, a.State, a.Evidence.Metric)
		}
	}
	if len(night) < 10000 {
		t.Errorf("only %d notifications were read", len(night))
	}
}

// A dropout is no recovery and no desaturation; two dips with a recovery
// between them are two episodes; what becomes worse is one.
func TestD8_EpisodesOfDesaturation(t *testing.T) {
	cat := func(parts ...[]float64) (all []float64) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	const medium, high = "vital_low:confirmed:medium", "vital_low:confirmed:high"
	const over, overHigh = "vital_low:cleared:medium", "vital_low:cleared:high"
	for _, c := range []struct {
		name   string
		values []float64
		want   string
	}{
		{"exactly 90", times(60, 90), ""},
		{"9 s below", cat(times(9, 89), times(60, 96)), ""},
		{"10 s below", cat(times(10, 89), times(60, 96)), medium + " " + over},
		{"two, with a recovery between them", cat(times(15, 88), times(30, 95), times(15, 88), times(30, 95)), medium + " " + over + " " + medium + " " + over},
		{"two, hardly apart", cat(times(15, 88), times(30, 91), times(15, 88), times(30, 95)), medium + " " + over},
		{"worse", cat(times(15, 88), times(15, 80), times(30, 95)), medium + " " + high + " " + overHigh},
		{"at once below both", cat(times(20, 80), times(30, 95)), high + " " + overHigh},
		{"the finger slips for 5 s", cat(times(6, 88), times(5, 0), times(6, 88), times(30, 95)), medium + " " + over},
		{"no finger at all", times(120, 0), ""},
		{"the finger slips during an alert", cat(times(15, 88), times(60, 0), times(15, 88)), medium},
	} {
		h := newHome(t, Source{Kind: Vitals, Class: Unsupervised}, Plan{})
		for i, v := range c.values {
			h.reading(care.SpO2, v, float64(i))
		}
		said := ""
		for _, a := range h.alerts {
			if a.Kind == care.VitalLow {
				said += " " + a.Kind.String() + ":" + a.State.String() + ":" + a.Priority.String()
			}
		}
		if said != "" {
			said = said[1:]
		}
		if said != c.want {
			t.Errorf("%s: %q, want %q", c.name, said, c.want)
		}
	}
}
