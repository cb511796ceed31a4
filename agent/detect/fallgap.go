package detect

import (
	"math"
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

// Times of the fall detector where samples are missing; fall.md says why.
const (
	fallBridge = time.Second            // a hole this long is filled
	fallBlow   = 400 * time.Millisecond // likewise, right after an impact
	fallSeen   = signal.ImpactRate / 2  // samples: of fewer after an impact the first look counts, too
	fallGuess  = 0.0                    // the logit from which so few, or filled ones, are believed: a fall is as likely as not
)

// bridge fills a short hole before a block with the last sample: a fall shakes
// many a wire, and its impact is to be seen all the same. How it turned
// meanwhile nobody knows. Where the clock was set by a moment nothing is
// missing. A longer hole forgets the waveform.
func (d *fall) bridge(b *care.Block) {
	step := time.Duration(float64(time.Second) / b.Rate)
	hole, limit := b.Start.Sub(d.at)-step, fallBridge
	peak, open := d.impact.Open()
	if open && d.impact.Since(peak) < fallSeen {
		limit = fallBlow
	}
	if !d.whole || hole > limit || hole < -fallBridge {
		d.forget()
	} else {
		d.fill(hole, step, b.Rate, open)
	}
	if hole < 0 { // the clock was set back: the last decision is as long ago as it was
		d.alert.At = d.alert.At.Add(hole)
	}
}

// fill repeats the last sample every step of a hole, which may be in an impact.
func (d *fall) fill(hole, step time.Duration, rate float64, impact bool) {
	for k := 3; k < len(d.frame); k++ {
		d.frame[k] = math.NaN()
	}
	for ; hole > step/2; hole -= step {
		d.at = d.at.Add(step)
		d.rate.Push(d.frame[:], rate, d.push)
		if impact {
			d.filled = 0
		}
	}
}

// forget drops the waveform, but never a suspicion: what waits is judged by
// what there is.
func (d *fall) forget() {
	d.lookNow(d.at)
	d.rate.Reset()
	d.impact.Reset()
	d.second.Reset()
	for _, h := range d.hold {
		h.Reset()
	}
}

// lookNow takes all looks that are due by what there is: no more will come.
func (d *fall) lookNow(at time.Time) {
	if peak, due := d.impact.Cut(); due {
		d.glance(peak, at)
	}
	for len(d.waiting) > 0 {
		d.look(at)
	}
}
