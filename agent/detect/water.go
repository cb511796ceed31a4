package detect

import (
	"fmt"
	"time"

	"osmanthus/care"
)

const (
	waterRule = "water/3"
	// waterParts is into how many parts the window of no use is divided.
	waterParts = 72
	// waterBlind is how long a meter may be unheard before nobody knows what was
	// used meanwhile.
	waterBlind = 15 * time.Minute
	// waterStep is the most that one reading stands for.
	waterStep = time.Minute
	// waterStop is how long a tap must be closed to be so.
	waterStop = time.Minute
)

// WaterPolicy holds what the rules about water compare with. Zero means the
// default, and a negative duration that the rule is off.
type WaterPolicy struct {
	// Running is how long water may run without a pause.
	Running time.Duration
	// Unused is over what time, and Least how many litres a home uses in which
	// somebody lives.
	Unused time.Duration
	Least  float64
	// Tap is the least flow, in L/min, of a tap that somebody opened; what drips
	// is no use.
	Tap float64
}

// DefaultWaterPolicy is less than 0.01 m³ within 12 h, as the rule for elderly
// people living alone in Beijing has it, and 45 min of running water.
func DefaultWaterPolicy() WaterPolicy {
	return WaterPolicy{Running: 45 * time.Minute, Unused: 12 * time.Hour, Least: 10, Tap: 0.5}
}

func (p WaterPolicy) resolved() WaterPolicy {
	d := DefaultWaterPolicy()
	if p.Running == 0 {
		p.Running = d.Running
	}
	if p.Unused == 0 {
		p.Unused = d.Unused
	}
	if p.Least == 0 {
		p.Least = d.Least
	}
	if p.Tap == 0 {
		p.Tap = d.Tap
	}
	return p
}

func (p WaterPolicy) check() error {
	for _, v := range []struct {
		name   string
		is     time.Duration
		lo, hi time.Duration
	}{{"running", p.Running, time.Minute, 24 * time.Hour}, {"unused", p.Unused, 2 * time.Hour, 7 * 24 * time.Hour}} {
		if v.is > 0 && (v.is < v.lo || v.is > v.hi) {
			return fmt.Errorf("water: %s: %v is not between %v and %v", v.name, v.is, v.lo, v.hi)
		}
	}
	if p.Least != 0 && !(p.Least > 0 && p.Least <= 1000) || p.Tap != 0 && !(p.Tap > 0 && p.Tap <= 20) {
		return fmt.Errorf("water: %v L and %v L/min are not within 1000 L and 20 L/min", p.Least, p.Tap)
	}
	return nil
}

// water watches one meter. See water.md.
type water struct {
	base
	policy WaterPolicy
	// absent reports whether everybody is known to be out; who is not known to be
	// is at home. nil: nobody knows.
	absent func() bool

	running condition
	last    time.Time // the last reading
	use     waterUse
	unused  bool      // it is told
	told    time.Time // its onset
	out     []care.Alert
}

func newWater(s Source) *water {
	p := s.Water
	return &water{base: base{s.Resident, s.ID}, policy: p,
		running: condition{raiseAfter: p.Running, clearAfter: waterStop}, use: waterUse{width: max(p.Unused/waterParts, time.Minute)}}
}

func (d *water) Block(*care.Block) []care.Alert { return nil }

func (d *water) Reading(r care.Reading) []care.Alert {
	d.out = d.out[:0]
	if r.Metric != care.WaterFlow || r.Flags&care.OutOfRange != 0 || r.Quality < Believed {
		return nil
	}
	step := r.At.Sub(d.last)
	switch {
	case d.last.IsZero() && d.use.since.IsZero():
		d.use.restart(r.At)
		step = 0
	case d.last.IsZero() && r.At.Sub(d.use.newest()) > waterBlind+d.use.width, !d.last.IsZero() && step > waterBlind:
		d.use.restart(r.At) // nobody counted
	case step < 0:
		step = 0
	}
	if d.running.state == pending && step > waterBlind {
		d.running.state = good // nobody knows whether it ran on
	}
	open := r.Value >= d.policy.Tap
	if open && !d.last.IsZero() && r.Flags&care.AfterGap == 0 {
		d.use.add(r.Value*min(step, waterStep).Minutes(), r.At)
	}
	d.last = r.At
	if d.policy.Running > 0 {
		d.run(d.running.observe(open, r.At), r.Value, r.At)
	}
	d.dry(r.At)
	return d.out
}

func (d *water) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	if d.running.state != pending { // a tap that is not heard of is not known to run on
		d.run(d.running.tick(at), 0, at)
	}
	d.dry(at)
	return d.out
}

func (d *water) run(c change, flow float64, at time.Time) {
	if c == same {
		return
	}
	d.say(care.WaterRunning, c, d.running.onset, at, care.Evidence{Metric: care.WaterFlow, Value: flow, Limit: d.policy.Tap})
}

// dry judges how much was used.
func (d *water) dry(at time.Time) {
	if d.policy.Unused < 0 || d.use.since.IsZero() {
		return
	}
	if at.Before(d.use.since) { // the clock was set back
		d.use.restart(at)
	}
	used := d.use.sum(at)
	switch {
	case d.unused && used >= d.policy.Least:
		d.unused = false
		d.say(care.WaterUnused, clear, d.told, at, care.Evidence{Metric: care.WaterFlow, Value: used, Limit: d.policy.Least})
	case d.unused:
	case d.absent != nil && d.absent():
		if at.Sub(d.use.since) > d.use.width { // each change is a write
			d.use.since = at
		}
	case at.Sub(d.use.since) >= d.policy.Unused && used < d.policy.Least:
		if at.Sub(d.last) > waterBlind { // a meter that is silent is told of as such
			return
		}
		d.unused, d.told = true, d.use.since
		if window := at.Add(-d.policy.Unused); window.After(d.told) { // it names the episode: each has its own
			d.told = window
		}
		d.say(care.WaterUnused, raise, d.told, at, care.Evidence{Metric: care.WaterFlow, Value: used, Limit: d.policy.Least})
	}
}

func (d *water) say(k care.Kind, c change, onset, at time.Time, e care.Evidence) {
	e.Rule = waterRule
	d.out = append(d.out, d.announce(k, c, care.Medium, onset, at, ruled(e,
		care.Feature{Name: "running", Value: d.policy.Running.Seconds(), Unit: "s"},
		care.Feature{Name: "unused", Value: d.policy.Unused.Seconds(), Unit: "s"},
		care.Feature{Name: "least", Value: d.policy.Least, Unit: "L"}, care.Feature{Name: "tap", Value: d.policy.Tap, Unit: "L/min"})))
}
