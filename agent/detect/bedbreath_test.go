package detect

import (
	"fmt"
	"math"
	"testing"

	"osmanthus/care"
)

// mattress plays the voltage of a pad at a rate, with a tick each second.
func (h *home) mattress(rate, from, seconds float64, volts func(t float64) float64) {
	per := int(rate / 2)
	for n := 0; float64(n) < seconds*rate; n += per {
		b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.BedLoad, Rate: rate, Start: after(from + float64(n)/rate), Channels: make([][]float64, 1)}
		for i := range per {
			v := volts(from + float64(n+i)/rate)
			b.Channels[0] = append(b.Channels[0], math.Round(v/0.0001875)*0.0001875) // 16 bits of ±6.144 V
		}
		h.take(h.engine.Block(&b))
		h.take(h.engine.Tick(after(from + float64(n+per)/rate)))
	}
}

// lying is the load of somebody who breathes, and whose heart makes the bed
// ring: the ballistocardiogram, half as strong as the breath.
func lyingInBed(perMinute, beats float64) func(t float64) float64 {
	return func(t float64) float64 {
		beat := math.Mod(t*beats/60, 1) * 60 / beats
		ring := math.Exp(-beat/0.15) * math.Sin(2*math.Pi*5*beat)
		return 2.4 + 0.010*math.Sin(2*math.Pi*perMinute/60*t) + 0.010*ring + 0.001*hum(int(t*1000))
	}
}

func (h *home) rates() (list []care.Reading) {
	for _, r := range h.values {
		if r.Metric == care.RespiratoryRate {
			list = append(list, r)
		}
	}
	return list
}

func TestA6_ABedSaysTheBreathingRateEvery30s(t *testing.T) {
	for _, rate := range []float64{5, 10, 12.5, 50, 100} {
		for _, c := range []struct{ breaths, beats float64 }{{8, 55}, {12, 48}, {15, 70}, {18, 90}, {24, 60}, {30, 110}} {
			h := newHome(t, Source{Kind: BedPad}, Plan{})
			h.mattress(rate, 0, 240, lyingInBed(c.breaths, c.beats))
			last := 60.0
			for _, r := range h.rates() {
				at := r.At.Sub(start).Seconds()
				if math.Abs(r.Value-c.breaths) > 2 || r.Quality < 50 {
					t.Errorf("%v Hz, %v /min: %v of quality %v at %v s", rate, c.breaths, r.Value, r.Quality, at)
				}
				if at > 60 && at-last > 30 {
					t.Errorf("%v Hz, %v /min: nothing from %v to %v s", rate, c.breaths, last, at)
				}
				last = max(last, at)
			}
			if last < 225 {
				t.Errorf("%v Hz, %v /min: the last rate at %v s", rate, c.breaths, last)
			}
			if said := h.said(); said != "" && c.breaths > 9 && c.breaths < 24 {
				t.Errorf("%v Hz, %v /min: %s", rate, c.breaths, said)
			}
		}
	}
}

// A bus that is shared leaves a sample out now and then.
func TestA6_ABedThatLosesASampleNowAndThenIsWatched(t *testing.T) {
	const rate = 10
	breathes := lyingInBed(15, 60)
	for _, every := range []int{60, 30, 20} {
		h := newHome(t, Source{Kind: BedPad}, Plan{})
		for at := 0.0; at < 600; at += 0.5 {
			b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.BedLoad, Rate: rate, Start: after(at), Channels: make([][]float64, 1)}
			first := 0
			if n := int(at * 2); n%(2*every) == 0 {
				b.Gap, b.Start, first = n > 0, after(at+1./rate), 1
			}
			for i := first; i < rate/2; i++ {
				v := at + float64(i)/rate
				b.Channels[0] = append(b.Channels[0], breathes(min(v, 480))) // from then on nothing moves
				if v > 480 {
					b.Channels[0][i-first] = breathes(480) + 0.0005*hum(i+int(at*20))
				}
			}
			h.take(h.engine.Block(&b))
			h.take(h.engine.Tick(after(at + 0.5)))
		}
		if n := len(h.rates()); n < 14 {
			t.Errorf("a sample lost every %d s: %d rates in 8 min", every, n)
		}
		h.want("apnoea:confirmed:low apnoea:confirmed:medium apnoea:confirmed:high")
	}
}

func TestA6_ABedWithoutBreathingSaysNoRate(t *testing.T) {
	for name, volts := range map[string]func(t float64) float64{
		"an empty bed":              func(t float64) float64 { return 0.3 + 0.001*hum(int(t*1000)) },
		"an empty bed in a draught": func(t float64) float64 { return 0.3 + 0.01*math.Sin(2*math.Pi*0.25*t) },
		"noise on a load":           func(t float64) float64 { return 2.4 + 0.02*hum(int(t*1000)) },
		"a suitcase":                func(t float64) float64 { return 2.4 + 0.0002*hum(int(t*1000)) },
		"a heart alone":             func(t float64) float64 { return 2.4 + 0.01*math.Sin(2*math.Pi*1.2*t) },
		"somebody who turns over all the time": func(t float64) float64 {
			return 2.4 + 0.3*hum(int(t/13)) + 0.01*math.Sin(2*math.Pi*0.25*t)
		},
	} {
		h := newHome(t, Source{Kind: BedPad}, Plan{})
		h.mattress(50, 0, 600, volts)
		if list := h.rates(); len(list) > 0 {
			t.Errorf("%s: %d rates, the first %v of quality %v", name, len(list), list[0].Value, list[0].Quality)
		}
		if said := h.said(); said != "" && said != "implausible:confirmed:medium" {
			t.Errorf("%s: %s", name, said)
		}
	}
}

// Who stops breathing in bed is called for; who leaves it is not.
func TestA6_ABedNoticesAPauseAndAnExitIsNone(t *testing.T) {
	breathe := lyingInBed(14, 60)
	pause := func(t float64) float64 { return 2.39 + 0.001*hum(int(t*1000)) }
	for _, c := range []struct {
		name string
		then func(t float64) float64
		want string
	}{
		{"stops breathing", pause, "apnoea:confirmed:low apnoea:confirmed:medium apnoea:confirmed:high"},
		{"leaves", func(float64) float64 { return 0.3 }, "bed_exit:confirmed:medium"},
		{"holds the breath, and leaves", func(t float64) float64 {
			if t < 195 {
				return pause(t)
			}
			return 0.3
		}, "apnoea:confirmed:low bed_exit:confirmed:medium apnoea:cleared:low"},
	} {
		h := newHome(t, Source{Kind: BedPad}, Plan{})
		h.mattress(50, 0, 180, breathe)
		h.mattress(50, 180, 60, c.then)
		var said string
		for _, a := range h.alerts {
			if a.Kind == care.Apnoea || a.Kind == care.BedExit {
				if said != "" {
					said += " "
				}
				said += fmt.Sprintf("%v:%v:%v", a.Kind, a.State, a.Priority)
			}
		}
		if said != c.want {
			t.Errorf("%s:\n\t%s\nwant\n\t%s", c.name, said, c.want)
		}
	}
}

// TestAnOccupancyThatIsDoubtfulEndsNoPause: nor does one that is known to hang.
func TestAnOccupancyThatIsDoubtfulEndsNoPause(t *testing.T) {
	for _, c := range []struct {
		name string
		q    care.Quality
		f    care.Flags
		want string
	}{
		{"sure", 50, 0, "confirmed:low cleared:low"},
		{"in doubt", 40, 0, "confirmed:low"},
		{"no value of the metric", 100, care.OutOfRange, "confirmed:low"},
		{"a sensor that hangs", 100, care.Stuck, "confirmed:low"},
	} {
		s := newSleeper(t, 20)
		s.breathe(60)
		s.rest(13)
		r := care.NewReading("r-1", "s-1", care.BedOccupancy, 0, c.q, after(s.at))
		r.Flags |= c.f
		s.alerts = append(s.alerts, s.d.Reading(r)...)
		if s.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, s.said(), c.want)
		}
	}
}
