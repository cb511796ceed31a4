package detect

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"osmanthus/agent/eval/recordings"
	"osmanthus/care"
)

// wavy plays a waveform of one block a second; value says what channel c has at
// sample i.
func (h *home) wavy(k care.BlockKind, channels int, rate, from, seconds float64, value func(c, i int) float64) float64 {
	for s := range int(seconds) {
		b := care.Block{Source: "s-1", Resident: "r-1", Kind: k, Rate: rate, Start: after(from + float64(s)), Channels: make([][]float64, channels)}
		for c := range b.Channels {
			for i := range int(rate) {
				b.Channels[c] = append(b.Channels[c], value(c, s*int(rate)+i))
			}
		}
		h.take(h.engine.Block(&b))
		h.tick(from+float64(s), from+float64(s))
	}
	return from + seconds
}

// implausible are the alerts of this kind, and all clinical ones.
func (h *home) doubted() string {
	var all []string
	for _, a := range h.alerts {
		if a.Kind == care.Implausible || !a.Kind.Technical() {
			all = append(all, fmt.Sprintf("%v:%v:%v", a.Kind, a.State, a.Priority))
		}
	}
	return strings.Join(all, " ")
}

func TestA9_AWaveformThatNeverMovesIsTechnicalNotClinical(t *testing.T) {
	same := func(v float64) func(c, i int) float64 { return func(int, int) float64 { return v } }
	one := func(v, swing float64) func(c, i int) float64 { // the first channel stands, the others move
		return func(c, i int) float64 {
			if c == 0 {
				return v
			}
			return v + swing*hum(i)
		}
	}
	const dead, late = "implausible:confirmed:medium", "implausible:confirmed:low"
	for _, c := range []struct {
		name     string
		kind     Kind
		block    care.BlockKind
		channels int
		rate     float64
		seconds  float64
		value    func(c, i int) float64
		want     string
	}{
		{"a band of one value", IMUWrist, care.IMU, 3, 50, 1000, same(0.577), dead},
		{"a band of zeros", IMUWaist, care.IMU, 6, 50, 400, same(0), dead},
		{"a band on a table", IMUWrist, care.IMU, 3, 50, 1000, func(c, i int) float64 { return 0.577 + 0.002*hum(3*i+c) }, ""},
		{"a band with one dead axis", IMUWrist, care.IMU, 3, 10, 4000, one(0, 0.3), late},
		{"a converter at its end", PPG, care.PPG, 2, 50, 200, same(262143), dead},
		{"light that is no number", PPG, care.PPG, 2, 50, 200, same(math.NaN()), dead},
		{"red light that stands", PPG, care.PPG, 2, 50, 700, one(100000, 500), late},
		{"a belt", Breathing, care.Breathing, 1, 10, 200, same(512), dead},
		{"a radar that sees nobody", Breathing, care.Breathing, 1, 10, 3600, same(0), ""},
		{"thermal pixels", 0, care.Thermal, 16, 4, 400, same(22.4), dead},
		{"cells of a mattress", 0, care.BedMatrix, 16, 2, 2000, same(700), dead},
		{"an empty mattress", 0, care.BedMatrix, 16, 2, 4000, same(0), ""},
		{"an empty bed", BedPad, care.BedLoad, 1, 10, 4000, same(0.1), ""},
	} {
		if c.kind == 0 { // whatever the source is, its waveform is judged
			w := waves{source: Source{Kind: Vitals}}
			said := ""
			for s := range int(c.seconds) {
				b := care.Block{Kind: c.block, Rate: c.rate, Start: after(float64(s)), Channels: make([][]float64, c.channels)}
				for k := range b.Channels {
					for i := range int(c.rate) {
						b.Channels[k] = append(b.Channels[k], c.value(k, i))
					}
				}
				if w.look(&b).dead {
					said = dead
				}
			}
			if said != c.want {
				t.Errorf("%s: %q, want %q", c.name, said, c.want)
			}
			continue
		}
		h := newHome(t, Source{Kind: c.kind}, Plan{})
		h.wavy(c.block, c.channels, c.rate, 0, c.seconds, c.value)
		if h.doubted() != c.want {
			t.Errorf("%s: %q, want %q", c.name, h.doubted(), c.want)
		}
	}
}

func TestA9_AWaveformThatMovesAgainIsBelievedAgain(t *testing.T) {
	h := newHome(t, Source{Kind: IMUWrist}, Plan{})
	moving := func(c, i int) float64 { return 0.577 + 0.002*hum(3*i+c) }
	at := h.wavy(care.IMU, 3, 20, 0, 1000, func(int, int) float64 { return 0.577 })
	at = h.wavy(care.IMU, 3, 20, at, 500, moving)
	if h.doubted() != "implausible:confirmed:medium" {
		t.Errorf("for eight minutes: %q", h.doubted())
	}
	h.wavy(care.IMU, 3, 20, at, 200, moving)
	if h.doubted() != "implausible:confirmed:medium implausible:cleared:medium" {
		t.Errorf("for eleven minutes: %q", h.doubted())
	}
}

// A pad that stands at the level of an occupied bed would never say that
// somebody left it.
func TestA9_APadThatStandsOccupiedIsTechnical(t *testing.T) {
	h := newHome(t, Source{Kind: BedPad}, Plan{})
	h.wavy(care.BedLoad, 1, 10, 0, 2400, func(int, int) float64 { return 2.5 })
	if h.doubted() != "implausible:confirmed:medium" {
		t.Errorf("%q", h.doubted())
	}
}

// A gap does not bring a dead waveform back to life, nor does a clock that is
// set.
func TestA9_WhatIsDeadStaysSoUntilItMoves(t *testing.T) {
	w := waves{source: Source{Kind: Breathing}}
	at := 0.0
	say := func(n int, v float64) (dead bool) {
		for range n {
			b := care.Block{Kind: care.Breathing, Rate: 2, Start: after(at), Channels: [][]float64{{v, v}}}
			dead = w.look(&b).dead
			at++
		}
		return dead
	}
	if !say(200, 5) {
		t.Fatal("it is not dead")
	}
	for _, jump := range []float64{600, -3600, 1e6} {
		at += jump
		if !say(1, 5) || !say(10, 5) {
			t.Errorf("a jump of %v s brought it to life", jump)
		}
	}
	if say(1, 6) {
		t.Error("it moved and is dead")
	}
}

// Nobody knows what was in a gap: it does not count as rest.
func TestAGapIsNoRest(t *testing.T) {
	w := waves{source: Source{Kind: Breathing}}
	for s := range 100 {
		b := care.Block{Kind: care.Breathing, Rate: 1, Start: after(float64(s) * 60), Channels: [][]float64{{5}}}
		if w.look(&b).dead {
			t.Fatal("a sample a minute counts as a waveform that stands")
		}
	}
}

// What people's sensors recorded is alive: no waveform of the data sets is
// flagged.
func TestA9_NoRecordedWaveformIsFlagged(t *testing.T) {
	play := func(name string, kind Kind, k care.BlockKind, rate float64, channels ...[]float64) {
		t.Helper()
		d := newImplausible(Source{Kind: kind})
		n := int(rate)
		for i := 0; i+n <= len(channels[0]); i += n {
			b := care.Block{Kind: k, Rate: rate, Start: start.Add(time.Duration(float64(i) / rate * float64(time.Second)))}
			for _, c := range channels {
				b.Channels = append(b.Channels, c[i:i+n])
			}
			for _, a := range d.Block(&b) {
				t.Errorf("%s: %v %v after %v: %v", name, a.Kind, a.State, a.At.Sub(start), a.Evidence.Features)
			}
		}
	}
	for _, n := range recordings.Read(t, recordings.OvernightResp) {
		play(n.ID, Breathing, care.Breathing, n.Rate, n.Resp)
	}
	for _, p := range recordings.Read(t, recordings.HypoxiaSpO2) {
		play(p.ID, PPG, care.PPG, 30, p.Camera[0], p.Camera[1])
	}
	for _, m := range recordings.Read(t, recordings.HMP) {
		play(m.Person, IMUWrist, care.IMU, m.Rate, m.Acc[0], m.Acc[1], m.Acc[2])
	}
}

func BenchmarkWaves(b *testing.B) {
	w := waves{source: Source{Kind: PPG}}
	block := care.Block{Kind: care.PPG, Rate: 100, Start: start, Channels: [][]float64{make([]float64, 100), make([]float64, 100)}}
	b.ReportAllocs()
	for b.Loop() {
		w.look(&block)
		block.Start = block.Start.Add(time.Second)
	}
}
