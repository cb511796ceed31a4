package detect

import (
	"math"
	"testing"

	"osmanthus/care"
)

func (h *home) hearts() (list []care.Reading) {
	for _, r := range h.values {
		if r.Metric == care.HeartRate {
			list = append(list, r)
		}
	}
	return list
}

func TestA6_TheHeartRateOfABedIsShownAndCallsNobody(t *testing.T) {
	for _, rate := range []float64{50, 100, 125} {
		for _, beats := range []float64{48, 60, 75, 95, 140} {
			h := newHome(t, Source{Kind: BedPad}, Plan{})
			h.mattress(rate, 0, 240, lyingInBed(15, beats))
			last := 30.0
			for _, r := range h.hearts() {
				at := r.At.Sub(start).Seconds()
				if math.Abs(r.Value-beats) > 3 || r.Quality >= Believed || r.Quality < 20 {
					t.Errorf("%v Hz, %v /min: %v of quality %v at %v s", rate, beats, r.Value, r.Quality, at)
				}
				if at-last > 30 {
					t.Errorf("%v Hz, %v /min: nothing from %v to %v s", rate, beats, last, at)
				}
				last = at
			}
			if last < 215 {
				t.Errorf("%v Hz, %v /min: the last rate at %v s", rate, beats, last)
			}
			h.want("")
		}
	}
}

func TestA6_ABedWithoutAHeartOrTooSlowForOneSaysNone(t *testing.T) {
	for name, volts := range map[string]func(t float64) float64{
		"an empty bed":      func(t float64) float64 { return 0.3 + 0.001*hum(int(t*1000)) },
		"noise on a load":   func(t float64) float64 { return 2.4 + 0.02*hum(int(t*1000)) },
		"a suitcase":        func(t float64) float64 { return 2.4 + 0.0002*hum(int(t*1000)) },
		"a breath alone":    func(t float64) float64 { return 2.4 + 0.02*math.Sin(2*math.Pi*0.3*t) + 0.001*hum(int(t*1000)) },
		"who turns over":    func(t float64) float64 { return 2.4 + 0.3*hum(int(t/4)) },
		"nobody, and a fan": func(t float64) float64 { return 0.3 + 0.01*math.Sin(2*math.Pi*7*t) },
	} {
		h := newHome(t, Source{Kind: BedPad}, Plan{})
		h.mattress(50, 0, 600, volts)
		if list := h.hearts(); len(list) > 1 {
			t.Errorf("%s: %d heart rates, the first %v of quality %v", name, len(list), list[0].Value, list[0].Quality)
		}
	}
	h := newHome(t, Source{Kind: BedPad}, Plan{})
	h.mattress(20, 0, 120, lyingInBed(15, 60))
	if list := h.hearts(); len(list) > 0 {
		t.Errorf("20 samples a second: %d heart rates", len(list))
	}
	h = newHome(t, Source{Kind: BedPad}, Plan{})
	h.mattress(50, 0, 120, lyingInBed(15, 60))
	h.values = nil
	h.mattress(50, 120, 60, func(float64) float64 { return 0.3 })
	for _, r := range h.hearts() {
		if at := r.At.Sub(start).Seconds(); at > 123 {
			t.Errorf("%v /min %v s after the bed was left", r.Value, at-120)
		}
	}
}
