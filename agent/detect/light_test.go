package detect

import (
	"math"
	"testing"

	"osmanthus/care"
)

// light plays light and, where shake is not 0, acceleration of the same band.
func (h *home) light(from, to, perMinute, shake float64, dc float64) {
	for at := from; at < to; at++ {
		a := care.Block{Source: "s-1", Resident: "r-1", Kind: care.IMU, Rate: 50, Start: after(at), Channels: make([][]float64, 3)}
		for i := range 50 {
			t := at + float64(i)/50
			a.Channels[0] = append(a.Channels[0], 1+shake*math.Sin(2*math.Pi*1.7*t))
			a.Channels[1], a.Channels[2] = append(a.Channels[1], 0), append(a.Channels[2], 0)
		}
		b := care.Block{Source: "s-1", Resident: "r-1", Kind: care.PPG, Rate: 100, Start: after(at), Channels: make([][]float64, 2)}
		for i := range 100 {
			t := at + float64(i)/100
			w := math.Sin(2 * math.Pi * perMinute / 60 * t)
			b.Channels[0] = append(b.Channels[0], dc*(0.8-0.004*w))
			b.Channels[1] = append(b.Channels[1], dc*(1-0.008*w))
		}
		if shake != 0 {
			h.take(h.engine.Block(&a))
		}
		h.take(h.engine.Block(&b))
		h.take(h.engine.Tick(after(at + 1)))
	}
}

// count counts the readings of a metric from a time on.
func (h *home) count(m care.Metric, from float64) (n int) {
	for _, r := range h.values {
		if r.Metric == m && !r.At.Before(after(from)) {
			n++
		}
	}
	return n
}

func TestPulseEveryFiveSeconds(t *testing.T) {
	h := newHome(t, Source{Kind: PPG}, Plan{})
	h.light(0, 70, 72, 0, 110000)
	if n := h.count(care.PulseRate, 10); n < 11 || n > 13 {
		t.Errorf("%d pulse rates in a minute", n)
	}
	if n := h.count(care.SkinContact, 0); n < 2 || n > 4 {
		t.Errorf("%d readings of contact", n)
	}
	h.want("")
}

func TestABandThatMovesSaysNoPulse(t *testing.T) {
	h := newHome(t, Source{Kind: PPG}, Plan{})
	h.light(0, 30, 102, 0.001, 110000)
	h.light(30, 60, 102, 0.3, 110000) // what moves with the steps may be the steps
	h.light(60, 90, 72, 0.001, 110000)
	// The first windows in motion still hold the pulse at rest.
	if still, moving, again := h.count(care.PulseRate, 0)-h.count(care.PulseRate, 31), h.count(care.PulseRate, 39)-h.count(care.PulseRate, 60), h.count(care.PulseRate, 60); still < 3 || moving != 0 || again < 3 {
		t.Errorf("%d pulse rates before, %d while it moved, %d after", still, moving, again)
	}
}

func TestWithoutSkinThereIsNoPulse(t *testing.T) {
	h := newHome(t, Source{Kind: PPG}, Plan{})
	h.light(0, 30, 72, 0, 900)
	if n := h.count(care.PulseRate, 0); n != 0 {
		t.Errorf("%d pulse rates of air", n)
	}
	if n := h.count(care.SkinContact, 0); n == 0 || h.values[0].Value != 0 {
		t.Errorf("%v", h.values)
	}
}

// A slow heart beats as fast as others breathe: where nobody breathes its pulse
// must not stand for breathing.
func TestASlowPulseIsNoBreathing(t *testing.T) {
	for _, perMinute := range []float64{35, 40, 44} {
		h := newHome(t, Source{Kind: PPG}, Plan{})
		h.light(0, 120, perMinute, 0, 110000)
		if n := h.count(care.RespiratoryRate, 0); n != 0 {
			t.Errorf("a pulse of %v /min: %d breathing rates, the last %v", perMinute, n, h.values[len(h.values)-1])
		}
		if n := h.count(care.PulseRate, 0); n < 15 {
			t.Errorf("a pulse of %v /min is said %d times", perMinute, n)
		}
	}
}
