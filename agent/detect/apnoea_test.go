package detect

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

// sleeper plays a made-up waveform of breathing to one apnoea detector.
type sleeper struct {
	t      testing.TB
	d      *apnoea
	rate   float64
	at     float64 // s
	n      int
	block  care.Block
	alerts []care.Alert
	scale  float64 // of the whole wave
	offset float64
}

func newSleeper(t testing.TB, rate float64) *sleeper {
	return &sleeper{t: t, d: newApnoea(Plan{}, Source{ID: "s-1", Resident: "r-1", Kind: Breathing}), rate: rate, scale: 1,
		block: care.Block{Source: "s-1", Resident: "r-1", Kind: care.Breathing, Rate: rate, Channels: [][]float64{nil}}}
}

// play plays a wave of u seconds into it, with a little noise.
func (s *sleeper) play(seconds float64, wave func(u float64) float64) {
	count := int(seconds*s.rate + 0.5)
	for i := range count {
		v := wave(float64(i) / s.rate)
		s.n++
		s.block.Channels[0] = append(s.block.Channels[0], s.offset+s.scale*(v+0.01*hum(s.n)))
		if len(s.block.Channels[0]) >= int(s.rate/2) || i == count-1 {
			s.block.Start = after(s.at)
			s.alerts = append(s.alerts, s.d.Block(&s.block)...)
			s.at += float64(len(s.block.Channels[0])) / s.rate
			s.block.Channels[0], s.block.Gap = s.block.Channels[0][:0], false
		}
	}
}

// breath is a wave of so many breaths a minute: the chest rises and falls for
// 45 % of a cycle, and rests.
func breathing(perMinute, height float64) func(u float64) float64 {
	return func(u float64) float64 {
		if p := math.Mod(u*perMinute/60, 1); p < 0.45 {
			return height * math.Sin(math.Pi*p/0.45)
		}
		return 0
	}
}

func resting(float64) float64 { return 0 }

func (s *sleeper) breathe(seconds float64) { s.play(seconds, breathing(15, 1)) }
func (s *sleeper) rest(seconds float64)    { s.play(seconds, resting) }

// jerk is a movement many times as large as a breath.
func (s *sleeper) jerk() {
	s.play(1.5, func(u float64) float64 { return 9 * math.Sin(math.Pi*u/1.5) })
}

func (s *sleeper) gap(seconds float64) { s.at += seconds }

func (s *sleeper) empty() {
	s.alerts = append(s.alerts, s.d.Reading(care.NewReading("r-1", "s-1", care.BedOccupancy, 0, 100, after(s.at)))...)
}

func (s *sleeper) said() string {
	var all []string
	for _, a := range s.alerts {
		all = append(all, fmt.Sprintf("%v:%v", a.State, a.Priority))
	}
	return strings.Join(all, " ")
}

func TestApnoeaEveryStateAndEvent(t *testing.T) {
	unseen := func(s *sleeper) { s.rest(12) }
	watching := func(s *sleeper) { s.breathe(60) }
	expecting := func(s *sleeper) { watching(s); s.gap(5); s.rest(2) }
	paused := func(s *sleeper) { s.breathe(60); s.rest(9) } // it begins with the last breath
	returning := func(s *sleeper) { paused(s); s.breathe(4) }
	const low, medium, high, over, late = "confirmed:low", "confirmed:medium", "confirmed:high", "cleared:low", "cleared:medium"
	for _, c := range []struct {
		name  string
		state func(*sleeper)
		in    apnoeaState
		event func(*sleeper)
		to    apnoeaState
		want  string
	}{
		{"unseen, even breaths", unseen, apnoeaUnseen, func(s *sleeper) { s.breathe(40) }, apnoeaWatching, ""},
		{"unseen, rest", unseen, apnoeaUnseen, func(s *sleeper) { s.rest(60) }, apnoeaUnseen, ""},
		{"unseen, a movement", unseen, apnoeaUnseen, (*sleeper).jerk, apnoeaUnseen, ""},
		{"unseen, a gap", unseen, apnoeaUnseen, func(s *sleeper) { s.gap(5); s.rest(12) }, apnoeaUnseen, ""},
		{"unseen, the bed is empty", unseen, apnoeaUnseen, (*sleeper).empty, apnoeaUnseen, ""},

		{"watching, even breaths", watching, apnoeaWatching, func(s *sleeper) { s.breathe(40) }, apnoeaWatching, ""},
		{"watching, a short rest", watching, apnoeaWatching, func(s *sleeper) { s.rest(5); s.breathe(20) }, apnoeaWatching, ""},
		{"watching, a rest of 10 s", watching, apnoeaWatching, func(s *sleeper) { s.rest(9) }, apnoeaPaused, low},
		{"watching, a movement", watching, apnoeaWatching, (*sleeper).jerk, apnoeaUnseen, ""},
		{"watching, a movement and rest", watching, apnoeaWatching, func(s *sleeper) { s.jerk(); s.rest(60) }, apnoeaUnseen, ""},
		{"watching, a gap", watching, apnoeaWatching, func(s *sleeper) { s.gap(5); s.rest(2) }, apnoeaExpecting, ""},
		{"watching, the bed is empty", watching, apnoeaWatching, (*sleeper).empty, apnoeaUnseen, ""},

		{"expecting, even breaths", expecting, apnoeaExpecting, func(s *sleeper) { s.breathe(40) }, apnoeaWatching, ""},
		{"expecting, one breath", expecting, apnoeaExpecting, func(s *sleeper) { s.breathe(4); s.rest(60) }, apnoeaUnseen, ""},
		{"expecting, a movement", expecting, apnoeaExpecting, func(s *sleeper) { s.jerk(); s.rest(60) }, apnoeaUnseen, ""},
		{"expecting, rest to 10 s", expecting, apnoeaExpecting, func(s *sleeper) { s.rest(8.5) }, apnoeaPaused, low},
		{"expecting, rest for minutes", expecting, apnoeaExpecting, func(s *sleeper) { s.rest(200) }, apnoeaPaused, low + " " + medium + " " + high},
		{"expecting, rest and breaths", expecting, apnoeaExpecting, func(s *sleeper) { s.rest(9); s.breathe(12) }, apnoeaUnseen, low + " " + over},
		{"expecting, another gap", expecting, apnoeaExpecting, func(s *sleeper) { s.rest(6); s.gap(5); s.rest(9) }, apnoeaExpecting, ""},
		{"expecting, another gap and rest", expecting, apnoeaExpecting, func(s *sleeper) { s.rest(6); s.gap(5); s.rest(12) }, apnoeaPaused, low},
		{"expecting, a gap of 16 min", expecting, apnoeaExpecting, func(s *sleeper) { s.gap(960); s.rest(60) }, apnoeaUnseen, ""},
		{"expecting, the bed is empty", expecting, apnoeaExpecting, func(s *sleeper) { s.empty(); s.rest(60) }, apnoeaUnseen, ""},

		{"paused, two breaths", paused, apnoeaPaused, func(s *sleeper) { s.breathe(9) }, apnoeaWatching, low + " " + over},
		{"paused, one breath", paused, apnoeaPaused, func(s *sleeper) { s.breathe(4) }, apnoeaReturning, low},
		{"paused, rest to 20 s", paused, apnoeaPaused, func(s *sleeper) { s.rest(10) }, apnoeaPaused, low + " " + medium},
		{"paused, rest to 30 s", paused, apnoeaPaused, func(s *sleeper) { s.rest(20) }, apnoeaPaused, low + " " + medium + " " + high},
		{"paused, rest for minutes", paused, apnoeaPaused, func(s *sleeper) { s.rest(200) }, apnoeaPaused, low + " " + medium + " " + high},
		{"paused, a movement", paused, apnoeaPaused, (*sleeper).jerk, apnoeaReturning, low},
		{"paused, a movement and rest", paused, apnoeaPaused, func(s *sleeper) { s.jerk(); s.rest(40) }, apnoeaPaused, low + " " + medium + " " + high},
		{"paused, small even breaths", paused, apnoeaPaused, func(s *sleeper) { s.play(30, breathing(15, 0.17)) }, apnoeaWatching, low + " " + medium + " " + late},
		{"paused, the heart alone", paused, apnoeaPaused, func(s *sleeper) { s.play(30, func(u float64) float64 { return 0.08 * math.Sin(2*math.Pi*1.1*u) }) },
			apnoeaPaused, low + " " + medium + " " + high},
		{"paused, a gap", paused, apnoeaPaused, func(s *sleeper) { s.gap(5); s.rest(5) }, apnoeaPaused, low},
		{"paused, a gap and rest", paused, apnoeaPaused, func(s *sleeper) { s.gap(5); s.rest(35) }, apnoeaPaused, low + " " + medium + " " + high},
		{"paused, a gap and breaths", paused, apnoeaPaused, func(s *sleeper) { s.gap(5); s.breathe(30) }, apnoeaWatching, low + " " + over},
		{"paused, the bed is empty", paused, apnoeaPaused, (*sleeper).empty, apnoeaUnseen, low + " " + over},

		{"returning, breaths", returning, apnoeaReturning, func(s *sleeper) { s.breathe(6) }, apnoeaWatching, low + " " + over},
		{"returning, rest: it was a gasp", returning, apnoeaReturning, func(s *sleeper) { s.rest(12) }, apnoeaPaused, low},
		{"returning, rest to 20 s", returning, apnoeaReturning, func(s *sleeper) { s.rest(20) }, apnoeaPaused, low + " " + medium},
		{"returning, a movement", returning, apnoeaReturning, func(s *sleeper) { s.jerk(); s.rest(1) }, apnoeaUnseen, low + " " + over},
		{"returning, a gap", returning, apnoeaReturning, func(s *sleeper) { s.gap(5); s.rest(2) }, apnoeaReturning, low},
		{"returning, the bed is empty", returning, apnoeaReturning, (*sleeper).empty, apnoeaUnseen, low + " " + over},
	} {
		s := newSleeper(t, 20)
		c.state(s)
		if s.d.state != c.in {
			t.Errorf("%s: began in state %d, not %d, having said %q", c.name, s.d.state, c.in, s.said())
			continue
		}
		c.event(s)
		if s.d.state != c.to || s.said() != c.want {
			t.Errorf("%s: state %d, said %q; want %d, %q", c.name, s.d.state, s.said(), c.to, c.want)
		}
	}
}

// A pause is counted as people who mark breaths do: from breath to breath.
func TestD8_APauseOfTenSecondsIsSaidWithinTwo(t *testing.T) {
	for _, rate := range []float64{5, 10, 20, 25, 50, 125} {
		for _, scale := range []float64{1, -1, 0.002, -40000} {
			for _, pause := range []float64{7, 9, 11, 15} { // from breath to breath
				s := newSleeper(t, rate)
				s.scale, s.offset = scale, 3*scale
				s.breathe(60)     // its last breath is at 56.9
				s.rest(pause - 4) // and the next one would be at 60.9
				from := 56.9      // s
				s.breathe(20)
				switch {
				case pause < 10 && s.said() != "":
					t.Errorf("%v Hz, scale %v: of %v s without a breath: %q", rate, scale, pause, s.said())
				case pause > 10 && s.said() != "confirmed:low cleared:low":
					t.Errorf("%v Hz, scale %v: of %v s without a breath: %q", rate, scale, pause, s.said())
				case pause > 10:
					a, over := s.alerts[0], s.alerts[1]
					if late := a.At.Sub(after(from + 10)).Seconds(); late > 2 || late < -0.5 {
						t.Errorf("%v Hz: said %.1f s after the 10 s", rate, late)
					}
					if d := a.Onset.Sub(after(from)).Seconds(); math.Abs(d) > 0.5 {
						t.Errorf("%v Hz: it began %.1f s off", rate, d)
					}
					if back := over.At.Sub(after(from + pause)).Seconds(); back < 0 || back > 8 {
						t.Errorf("%v Hz: cleared %.1f s after the first breath", rate, back)
					}
				}
			}
		}
	}
}

func TestD8_APauseBecomesMoreUrgentAndExplainsItself(t *testing.T) {
	s := newSleeper(t, 25)
	s.breathe(60)
	s.rest(40)
	if s.said() != "confirmed:low confirmed:medium confirmed:high" {
		t.Fatalf("said %q", s.said())
	}
	for i, want := range []float64{10, 20, 30} {
		a := s.alerts[i]
		if a.Episode != s.alerts[0].Episode {
			t.Error("another episode")
		}
		features := map[string]float64{}
		for _, f := range a.Evidence.Features {
			features[f.Name] = f.Value
		}
		if p := features["pause"]; p < want || p > want+1 {
			t.Errorf("alert %d: after %v s", i, p)
		}
		if b := features["usual_breath"]; math.Abs(b-1) > 0.2 {
			t.Errorf("a breath is said to be %v high, it is 1", b)
		}
		if features["moves_now"] > features["least_breath"] || math.Abs(features["usual_interval"]-4) > 0.3 || features["pauses_last_hour"] != 1 {
			t.Errorf("alert %d: %v", i, features)
		}
		if n := a.Evidence.Snippet.Len(); n < 140 || n > 155 { // 30 s of 5 Hz
			t.Errorf("alert %d shows %d samples", i, n)
		}
		if a.Evidence.Hash == "" || a.Confidence < 0.9 {
			t.Errorf("alert %d: hash %q, confidence %v", i, a.Evidence.Hash, a.Confidence)
		}
	}
}

func TestD8_WhatIsNoPauseIsNotSaid(t *testing.T) {
	for name, play := range map[string]func(s *sleeper){
		"a quiet night":     func(s *sleeper) { s.breathe(1800) },
		"breathing 6 /min":  func(s *sleeper) { s.play(300, breathing(6, 1)) },
		"breathing 4 /min":  func(s *sleeper) { s.play(300, breathing(4, 1)) },
		"breathing 40 /min": func(s *sleeper) { s.play(300, breathing(40, 1)) },
		"no signal at all":  func(s *sleeper) { s.scale = 0; s.rest(600) },
		"noise":             func(s *sleeper) { s.rest(1800) },
		"the heart alone": func(s *sleeper) {
			s.play(300, func(u float64) float64 { return math.Sin(2 * math.Pi * 1.2 * u) })
			s.rest(60)
		},
		"sighs": func(s *sleeper) {
			s.breathe(60)
			s.play(3, func(u float64) float64 { return 3 * math.Sin(math.Pi*u/3) })
			s.rest(5)
			s.breathe(60)
		},
		"a belt comes off":    func(s *sleeper) { s.breathe(60); s.play(120, func(float64) float64 { return 12 }) },
		"the level wanders":   func(s *sleeper) { s.play(600, func(u float64) float64 { return breathing(15, 1)(u) + 0.05*u }) },
		"breaths get smaller": func(s *sleeper) { s.play(600, func(u float64) float64 { return breathing(15, math.Exp(-u/200))(u) }) },
		"turning over, and smaller breaths": func(s *sleeper) {
			s.breathe(60)
			s.play(8, func(u float64) float64 { return (8-u)*math.Sin(2*math.Pi*(0.2+0.1*u)*u) + 2*math.Sin(2*math.Pi*1.7*u) })
			s.play(120, breathing(14, 0.15))
		},
		"shaking": func(s *sleeper) {
			s.breathe(60)
			s.play(20, func(u float64) float64 { return math.Sin(2 * math.Pi * 1.5 * u) })
			s.rest(60)
		},
		"a waveform of too few samples": func(s *sleeper) { s.breathe(60); s.rest(60) },
	} {
		rate := 20.0
		if strings.Contains(name, "too few") {
			rate = 4
		}
		s := newSleeper(t, rate)
		play(s)
		if s.said() != "" {
			t.Errorf("%s: %q", name, s.said())
		}
	}
}

// Breathing that swells and fades with pauses between (Cheyne and Stokes) is one
// episode for each pause, and every one is counted.
func TestD8_EveryPauseOfPeriodicBreathingIsCounted(t *testing.T) {
	s := newSleeper(t, 20)
	s.breathe(60)
	for range 5 {
		for k := range 10 {
			s.play(3, breathing(20, 0.15+0.85*math.Sin(math.Pi*(float64(k)+0.5)/10)))
		}
		s.rest(16)
	}
	s.breathe(20)
	raised, last := 0, 0.0
	for _, a := range s.alerts {
		if a.State == care.Confirmed && a.Priority == care.Low {
			raised++
			for _, f := range a.Evidence.Features {
				if f.Name == "pauses_last_hour" {
					last = f.Value
				}
			}
		}
	}
	if raised != 5 || last != 5 {
		t.Errorf("%d pauses, %v counted: %s", raised, last, s.said())
	}
}

// FuzzApnoea plays any bytes as levels, gaps and jumps of time.
func FuzzApnoea(f *testing.F) {
	f.Add([]byte{0, 0, 1, 255, 128, 3, 7, 9, 200, 13})
	f.Add([]byte("breathing goes in and out and in and out"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := newApnoea(Plan{}, Source{ID: "s-1", Resident: "r-1", Kind: Breathing})
		at := 0.0
		for i, b := range data {
			v, n, rate := float64(b%16), 40, 10.0
			switch b >> 4 {
			case 15:
				v = math.NaN()
			case 14:
				v = math.Inf(1)
			case 13:
				v = 1e300
			case 12:
				at += 1e6
			case 11:
				at -= 1e9
			case 10:
				rate = 200
			case 9:
				n = 0
			case 8:
				d.Reading(care.NewReading("r-1", "s-1", care.BedOccupancy, float64(b%2), 100, after(at)))
			}
			w := make([]float64, n)
			for k := range w {
				w[k] = v * math.Sin(float64(k)/6+float64(i))
			}
			alerts := d.Block(&care.Block{Kind: care.Breathing, Rate: rate, Start: after(at), Channels: [][]float64{w}})
			for _, a := range alerts {
				if math.IsNaN(a.Confidence) || a.Confidence < 0 || a.Confidence > 1 {
					t.Fatalf("confidence %v", a.Confidence)
				}
				for _, f := range a.Evidence.Features {
					if !finite(f.Value) {
						t.Fatalf("%s is %v", f.Name, f.Value)
					}
				}
			}
			if len(alerts) > n {
				t.Fatalf("%d alerts of %d samples", len(alerts), n)
			}
			at += float64(n) / rate
			d.Tick(after(at))
		}
	})
}

func BenchmarkApnoea(b *testing.B) {
	s := newSleeper(b, 100)
	s.breathe(60)
	wave := make([]float64, 50)
	blk := care.Block{Kind: care.Breathing, Rate: 100, Channels: [][]float64{wave}}
	b.ReportAllocs()
	b.ResetTimer()
	for n := range b.N {
		u := float64(n) / 2
		for i := range wave {
			wave[i] = breathing(15, 1)(u + float64(i)/100)
		}
		blk.Start = after(60 + u)
		s.d.Block(&blk)
	}
}

func TestD8_KnownPausesAreUrgentLaterUntilThatExpires(t *testing.T) {
	policy := func(until float64) ApnoeaPolicy {
		return ApnoeaPolicy{Resident: "r-1", Medium: 40 * time.Second, High: 60 * time.Second, By: "doctor-7", Why: "sleep apnoea", Until: after(until)}
	}
	const low, medium, high = "confirmed:low", " confirmed:medium", " confirmed:high"
	for _, c := range []struct {
		name  string
		until float64
		pause float64
		want  string
	}{
		{"a short pause", 1e6, 25, low},
		{"a longer one", 1e6, 45, low + medium},
		{"a very long one", 1e6, 65, low + medium + high},
		{"after it expired", 60, 25, low + medium},
		{"it expires during the pause", 80, 35, low + medium + high},
	} {
		s := newSleeper(t, 20)
		s.d = newApnoea(Plan{Apnoeas: []ApnoeaPolicy{policy(c.until)}}, Source{ID: "s-1", Resident: "r-1", Kind: Breathing})
		s.breathe(60)
		s.rest(c.pause - 3) // the last breath is 3.1 s old
		if s.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, s.said(), c.want)
		}
	}
	never := time.Date(1970, 1, 1, 0, 5, 0, 0, time.UTC)
	if m, h := (Plan{Apnoeas: []ApnoeaPolicy{policy(1e6)}}).apnoeaTimes("r-1").at(never); m != apnoeaMedium || h != apnoeaHigh {
		t.Errorf("a clock that was never set: %v, %v", m, h)
	}
	good := policy(1e6)
	for name, change := range map[string]func(*ApnoeaPolicy){
		"nobody answers for it": func(p *ApnoeaPolicy) { p.By = "" },
		"no reason":             func(p *ApnoeaPolicy) { p.Why = "" },
		"no end":                func(p *ApnoeaPolicy) { p.Until = time.Time{} },
		"no resident":           func(p *ApnoeaPolicy) { p.Resident = "" },
		"far too late":          func(p *ApnoeaPolicy) { p.High = 5 * time.Minute },
		"high before medium":    func(p *ApnoeaPolicy) { p.High = 30 * time.Second },
		"too early":             func(p *ApnoeaPolicy) { p.Medium = time.Second },
	} {
		p := good
		change(&p)
		if _, err := New(Plan{Apnoeas: []ApnoeaPolicy{p}}); err == nil {
			t.Errorf("%s: was not refused", name)
		}
	}
	if _, err := New(Plan{Apnoeas: []ApnoeaPolicy{good}}); err != nil {
		t.Error(err)
	}
}

func TestD8_APauseIsClearedAfterARestart(t *testing.T) {
	s := newSleeper(t, 20)
	s.breathe(60)
	s.rest(20)
	raw, err := json.Marshal(s.d.save())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		then func(s *sleeper)
		want string
	}{
		{"breathing", func(s *sleeper) { s.breathe(40) }, "cleared:medium"},
		{"no breathing", func(s *sleeper) { s.rest(120) }, "confirmed:high"},
		{"an empty bed", (*sleeper).empty, "cleared:medium"},
	} {
		after := newSleeper(t, 20)
		after.at = 200
		if err := after.d.load(raw, outage{}); err != nil {
			t.Fatal(err)
		}
		c.then(after)
		if after.said() != c.want {
			t.Errorf("%s: %q, want %q", c.name, after.said(), c.want)
		}
		if len(after.alerts) > 0 && after.alerts[0].Episode != s.alerts[0].Episode {
			t.Errorf("%s: another episode is cleared", c.name)
		}
	}
	for _, bad := range []string{`{"Open":true}`, `[]`, `{"Open":true,"Episode":"0123","Priority":2}`,
		`{"Open":true,"Episode":"` + s.alerts[0].Episode.String() + `","Priority":2}`,
		`{"Open":true,"Episode":"` + s.alerts[0].Episode.String() + `","Onset":"2026-03-01T22:00:00Z"}`,
		`{"Open":true,"Episode":"` + s.alerts[0].Episode.String() + `","Priority":9,"Onset":"2026-03-01T22:00:00Z"}`} {
		d := newApnoea(Plan{}, Source{Kind: Breathing})
		if err := d.load(json.RawMessage(bad), outage{}); err == nil || d.state != apnoeaUnseen {
			t.Errorf("%s was taken: %v", bad, err)
		}
	}
}

// The breathing rate falls silent in a pause: its limits do not call, too.
func TestD8_OnePauseIsOneAlert(t *testing.T) {
	h := newHome(t, Source{Kind: Breathing}, Plan{})
	const rate = 25
	b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.Breathing, Rate: rate, Channels: [][]float64{make([]float64, rate)}}
	for s := range 240 {
		for i := range b.Channels[0] {
			at := float64(s) + float64(i)/rate
			if b.Channels[0][i] = 0.01 * hum(s*rate+i); at < 120 || at > 165 {
				b.Channels[0][i] += breathing(15, 1)(at)
			}
		}
		b.Start = after(float64(s))
		h.take(h.engine.Block(&b))
		h.tick(float64(s), float64(s))
	}
	h.want("apnoea:confirmed:low apnoea:confirmed:medium apnoea:confirmed:high apnoea:cleared:high")
	for _, r := range h.values {
		if at := r.At.Sub(start).Seconds(); r.Metric == care.RespiratoryRate && at > 130 && at < 165 {
			t.Errorf("a rate of %v at %v s, without a breath since 117 s", r.Value, at)
		}
	}
}

// Opioids, and dying: breaths grow small and then end.
func TestD8_BreathingThatFadesOutIsAPause(t *testing.T) {
	for _, half := range []float64{5, 15, 30, 60} { // s in which a breath loses half of its height
		s := newSleeper(t, 25)
		s.breathe(120)
		full := breathing(15, 1)
		s.play(8*half+60, func(u float64) float64 {
			return math.Exp2(-u/half)*full(u) + 0.02*math.Sin(2*math.Pi*1.1*u) // and the heart
		})
		if got := s.said(); got != "confirmed:low confirmed:medium confirmed:high" {
			t.Errorf("half as high every %v s: %q", half, got)
		}
	}
}

// Who breathes half as deep after turning over, or in another stage of sleep,
// breathes.
func TestBreathsThatGrowSmallerAreNoPause(t *testing.T) {
	s := newSleeper(t, 25)
	s.breathe(120)
	full := breathing(15, 1)
	s.play(1800, func(u float64) float64 { return max(0.2, math.Exp2(-u/60)) * full(u) })
	if got := s.said(); got != "" {
		t.Error(got)
	}
}
