package detect

import (
	"math"
	"testing"
	"time"

	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/signal"
	"osmanthus/care"
)

// hole is where the samples of a wearable are lost: from one time to another,
// in seconds. One without a length is a clock that was set by a moment.
type hole struct{ from, to float64 }

// imuBut plays acceleration as imu does, but for a hole.
func (h *home) imuBut(gone hole, rate, seconds float64, g func(t float64) (x, y, z float64)) {
	b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.IMU, Rate: rate, Channels: make([][]float64, 3)}
	send := func() {
		if b.Len() > 0 {
			h.take(h.engine.Block(&b))
		}
		for k := range b.Channels {
			b.Channels[k] = b.Channels[k][:0]
		}
		b.Gap = false
	}
	for n := range int(seconds * rate) {
		at := float64(n) / rate
		if n%int(rate) == 0 {
			h.take(h.engine.Tick(after(at)))
		}
		if n%int(rate/2) == 0 {
			send()
		}
		if before := float64(n-1) / rate; before < gone.to && at >= gone.to || gone.from == gone.to && before < gone.from && at >= gone.from {
			send()
			b.Gap = true
		}
		if at >= gone.from && at < gone.to {
			continue
		}
		if b.Len() == 0 {
			b.Start = after(at)
		}
		x, y, z := g(at)
		b.Channels[0], b.Channels[1], b.Channels[2] = append(b.Channels[0], x), append(b.Channels[1], y), append(b.Channels[2], z)
	}
	send()
}

// TestD2_AFallThatShakesTheWireIsConfirmed: a sensor loses samples, or a clock
// is set, when it is most to be relied on.
func TestD2_AFallThatShakesTheWireIsConfirmed(t *testing.T) {
	for _, gone := range []hole{
		{19.5, 19.5}, {20.1, 20.1}, {20.4, 20.4}, {21, 21}, {19, 19.35}, {20.05, 20.4}, {20.2, 20.55}, {20.5, 20.85}, {20.7, 21.6}, // filled
		{20.2, 21}, {20.3, 22.5}, {20.4, 25}, // forgotten, but not the suspicion
		{20.2, 60}, {20.3, 60}, {20.4, 60}, // it broke
	} {
		for _, rate := range []float64{20, 50, 100} {
			h := newHome(t, Source{Kind: IMUWrist}, Plan{})
			h.imuBut(gone, rate, 60, modelFall(20))
			if got := h.said(); got != suspected+" "+confirmed {
				t.Errorf("%v Hz without %v s to %v s: %s", rate, gone.from, gone.to, got)
				continue
			}
			if late := h.alerts[1].At.Sub(h.alerts[1].Onset).Seconds(); late > 30 {
				t.Errorf("%v Hz without %v s to %v s: confirmed after %v s", rate, gone.from, gone.to, late)
			}
		}
	}
}

// TestWhatAHoleLeaves: what is filled, with what, and which hole forgets the
// waveform. It begins so long after the highest sample of an impact, or where
// there was none.
func TestWhatAHoleLeaves(t *testing.T) {
	const none, rate = -1, 50
	for _, c := range []struct {
		impact, hole float64 // s; a hole below 0 is a clock that was set back
		bad          bool    // so was the last sample
		filled       int     // samples
		kept         bool    // the waveform
	}{
		{impact: none, hole: 0, kept: true},
		{impact: none, hole: 0.05, filled: 2, kept: true},
		{impact: none, hole: 0.055, filled: 3, kept: true},
		{impact: none, hole: 1, filled: 50, kept: true},
		{impact: none, hole: 1.02},
		{impact: none, hole: 0.1, bad: true},
		{impact: none, hole: -1, kept: true},
		{impact: none, hole: -1.02},
		{impact: 0, hole: 0.4, filled: 20, kept: true},
		{impact: 0, hole: 0.42},
		{impact: 0.48, hole: 0.4, filled: 20, kept: true},
		{impact: 0.48, hole: 0.42},
		{impact: 0.5, hole: 0.42, filled: 21, kept: true},
		{impact: 0.5, hole: 1, filled: 50, kept: true},
		{impact: 0.5, hole: 1.02},
		{impact: 0.3, hole: -0.5, kept: true},
	} {
		d := newFall(Source{ID: "s-1", Resident: "r-1", Kind: IMUWrist})
		b := care.Block{Source: "s-1", Kind: care.IMU, Rate: rate, Start: after(0), Channels: make([][]float64, 6)}
		const n = 290 // no whole seconds: what is kept of the present one shows
		for i := range n {
			for k := range b.Channels {
				b.Channels[k] = append(b.Channels[k], 0.1)
			}
			b.Channels[0][i] = 1
			if c.impact != none && i == n-1-int(math.Round(c.impact*rate)) {
				b.Channels[0][i] = 2
			}
		}
		d.Block(&b)
		d.whole = !c.bad
		had, told := d.impact.Since(0), d.alert.At
		next := care.Block{Source: "s-1", Kind: care.IMU, Rate: rate, Start: b.At(n).Add(time.Duration(c.hole * float64(time.Second)))}
		d.bridge(&next)
		kept := d.second.Len() == (n+c.filled)%rate
		if filled := d.impact.Since(0) - had; filled != c.filled || kept != c.kept {
			t.Errorf("%+v: %d filled, kept %v", c, filled, kept)
		}
		if _, open := d.impact.Open(); open != (c.kept && c.impact != none && c.impact+c.hole < 1.5) { // 1.5 s after it the first look is taken
			t.Errorf("%+v: an impact is open: %v", c, open)
		}
		if known := !math.IsNaN(d.frame[3]); c.filled > 0 && (known || d.frame[0] < 1) {
			t.Errorf("%+v: filled with %v", c, d.frame)
		}
		if marked := d.filled < n; marked != (c.filled > 0 && c.impact != none) {
			t.Errorf("%+v: %d samples since an impact was filled", c, d.filled)
		}
		if at := b.At(n - 1 + c.filled); !d.at.Equal(at) {
			t.Errorf("%+v: after it it is %v, not %v", c, d.at, at)
		}
		if d.alert.At.Sub(told) != min(0, time.Duration(c.hole*float64(time.Second))) {
			t.Errorf("%+v: what was said last is moved by %v", c, d.alert.At.Sub(told))
		}
	}
}

// TestBadSamplesAreBridgedForATenthOfASecond at every rate.
func TestBadSamplesAreBridgedForATenthOfASecond(t *testing.T) {
	for _, rate := range []float64{20, 50, 100, 200} {
		for _, c := range []struct {
			bad     float64
			bridged bool
		}{{0.05, true}, {0.1, true}, {0.2, false}, {0.25, false}} {
			d := newFall(Source{ID: "s-1", Resident: "r-1", Kind: IMUWrist})
			b := care.Block{Source: "s-1", Kind: care.IMU, Rate: rate, Start: after(0), Channels: make([][]float64, 3)}
			for i := range int(10 * rate) {
				x := 1.0
				if n := i - int(5*rate); n >= 0 && n < int(c.bad*rate+0.5) {
					x = math.NaN()
				}
				b.Channels[0], b.Channels[1], b.Channels[2] = append(b.Channels[0], x), append(b.Channels[1], 0), append(b.Channels[2], 0)
			}
			d.Block(&b)
			if all := d.impact.Since(0) >= 10*signal.ImpactRate-5; all != c.bridged {
				t.Errorf("%v s at %v Hz: bridged %v", c.bad, rate, all)
			}
		}
	}
}

// TestAHoleIsNoFall: without an impact nothing is raised, whatever is missing.
func TestAHoleIsNoFall(t *testing.T) {
	for name, g := range map[string]gesture{
		"lying":   noisy(func(float64) (x, y, z float64) { return 0, 0, 1 }),
		"turning": noisy(func(t float64) (x, y, z float64) { return tilted(1.4 * ease(t, 19.9, 21)) }),
		"a step":  noisy(func(t float64) (x, y, z float64) { return 0.97 + bump(t, 20, 0.45, 0.05), 0.18, 0.16 }),
	} {
		for _, gone := range []hole{{20, 20}, {20, 20.35}, {20.02, 20.9}, {20.02, 23}, {20.02, 60}} {
			h := newHome(t, Source{Kind: IMUWrist}, Plan{})
			h.imuBut(gone, 50, 60, g)
			for _, a := range h.alerts {
				if a.Kind == care.Fall {
					t.Errorf("%s, without %v s to %v s: %s", name, gone.from, gone.to, h.said())
					break
				}
			}
		}
	}
}

// TestD2_FallsOnRecordingsWithAHole takes a third of a second out of recordings
// right after their highest sample.
func TestD2_FallsOnRecordingsWithAHole(t *testing.T) {
	var n fallTally
	for _, set := range []struct {
		kind Kind
		read func() ([]recordings.Trial, error)
	}{{IMUWaist, recordings.SisFall}, {IMUWrist, recordings.WEDA}, {IMUWrist, recordings.UMAFallWrist}} {
		for i, r := range recordings.Read(t, set.read) {
			if i%6 > 0 {
				continue
			}
			n.add(r.Fall, raisedWithAHole(t, set.kind, &r))
		}
	}
	t.Log(n)
	if n.worse(97, 98) {
		t.Error("a hole hides falls, or makes some")
	}
}

// raisedWithAHole plays acceleration without what comes 0.1 to 0.45 s after its
// highest sample.
func raisedWithAHole(t *testing.T, kind Kind, r *recordings.Trial) bool {
	c, peak, best := r.Channels(false), 0, 0.0
	for k := range c[0] {
		if m := c[0][k]*c[0][k] + c[1][k]*c[1][k] + c[2][k]*c[2][k]; m > best {
			peak, best = k, m
		}
	}
	h := newHome(t, Source{Kind: kind}, Plan{})
	from := (float64(peak)+0.5)/r.Rate + 0.1
	h.imuBut(hole{from, from + 0.35}, r.Rate, r.Seconds(), func(t float64) (x, y, z float64) {
		k := min(int(t*r.Rate+0.5), len(c[0])-1)
		return c[0][k], c[1][k], c[2][k]
	})
	h.tick(r.Seconds(), r.Seconds()+8)
	raised := false
	for _, a := range h.alerts { // of one impact: what was said last
		raised = a.State != care.Cleared
	}
	return raised
}

// TestAFallThatShakesTheWireIsShown: who reads the alert sees the impact,
// although samples are missing beside it, and the border that held.
func TestAFallThatShakesTheWireIsShown(t *testing.T) {
	for _, gone := range []hole{{20.4, 20.4}, {19, 19.35}, {20.2, 20.55}, {20.7, 21.6}, {20.4, 22.5}, {20.2, 21}} {
		h := newHome(t, Source{Kind: IMUWrist}, Plan{})
		h.imuBut(gone, 50, 60, modelFall(20))
		h.want(suspected + " " + confirmed)
		for _, a := range h.alerts {
			s, peak := a.Evidence.Snippet, 0.0
			for i := range s.Len() {
				if v := s.Channels[0].Value(i); math.Abs(v) > peak {
					peak = math.Abs(v)
				}
			}
			if e := a.Evidence; a.State == care.Confirmed && !(named(e.Features, "logit") >= named(e.Limits, "believe")) {
				t.Errorf("without %v s to %v s: %v is confirmed, and %v would be believed", gone.from, gone.to, e.Features, e.Limits)
			}
			if s.Len() == 0 || s.Start.After(a.Onset.Add(-4*time.Second)) || peak < 1.5 {
				t.Errorf("without %v s to %v s: %v shows %d samples, up to %v g", gone.from, gone.to, a.State, s.Len(), peak)
			}
		}
	}
}
