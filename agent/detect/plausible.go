package detect

import (
	"time"

	"osmanthus/care"
)

const (
	implausibleRule = "implausible/2"
	// plausibleFor is how long values must be plausible again to count so: a
	// frame that is damaged once a minute, all night, is one alert.
	plausibleFor = 10 * time.Minute
)

// frozenAfter returns how long a value of m may stay the same to its last
// digit, 0 where it may for ever. Sleepers keep an SpO2 of 97 % for an hour,
// and a pulse that is reported in whole beats for some minutes.
func frozenAfter(m care.Metric) time.Duration {
	switch m {
	case care.HeartRate, care.PulseRate:
		return 15 * time.Minute
	case care.RespiratoryRate, care.BodyTemperature, care.PerfusionIndex:
		return 30 * time.Minute
	case care.SpO2:
		return 2 * time.Hour
	case care.CarbonDioxide, care.AirTemperature, care.AirPressure:
		return 24 * time.Hour // a cellar keeps its warmth, to the tenth of a degree that some sensors have
	}
	return 0
}

// How many equal values in a row it takes, so that two measurements with a day
// between them are not a frozen sensor. SpO2 has few digits: a band that measures
// it every ten minutes may say 97 % for hours.
const (
	frozenCount = 10
	frozenSpO2  = 60
)

// guard flags the readings of one source that do not move.
type guard struct {
	spot bool    // measured now and then: the same value again is no wonder
	seen [8]held // of the metrics that this source measures
	n    int
}

// held is the last value of one metric and since when it stands.
type held struct {
	metric care.Metric
	value  float64
	since  time.Time
	count  int
}

// flag adds care.Stuck to r where it belongs, and care.OutOfRange to a value
// that is no number.
func (g *guard) flag(r *care.Reading) {
	if info, ok := r.Metric.Info(); ok && !info.Plausible(r.Value) {
		r.Flags |= care.OutOfRange
	}
	limit := frozenAfter(r.Metric)
	if limit == 0 || g.spot {
		return
	}
	h := g.of(r.Metric)
	if h == nil {
		return
	}
	if h.count == 0 || h.value != r.Value || r.At.Before(h.since) {
		*h = held{metric: r.Metric, value: r.Value, since: r.At, count: 1}
		return
	}
	h.count++
	least := frozenCount
	if r.Metric == care.SpO2 {
		least = frozenSpO2
	}
	if h.count >= least && r.At.Sub(h.since) >= limit {
		r.Flags |= care.Stuck
	}
}

// of returns the place of a metric, nil where a source measures more than any
// sensor does.
func (g *guard) of(m care.Metric) *held {
	for i := range g.n {
		if g.seen[i].metric == m {
			return &g.seen[i]
		}
	}
	if g.n == len(g.seen) {
		return nil
	}
	g.seen[g.n].metric = m
	g.n++
	return &g.seen[g.n-1]
}

// implausible raises one technical alert for each metric of a source whose
// values no living person has, or that never move. No clinical rule looks at
// them. See vitals.md.
type implausible struct {
	base
	watch [8]doubt
	n     int
	waves waves
	rests [2]rest // of each waveform
}

// rest is the condition of a waveform that does not move, and how urgent it is.
type rest struct {
	condition
	level care.Priority
}

type doubt struct {
	metric care.Metric
	value  float64
	flags  care.Flags
	condition
}

func newImplausible(s Source) *implausible {
	d := &implausible{base: base{s.Resident, s.ID}, waves: waves{source: s}}
	for i := range d.rests {
		d.rests[i].clearAfter = plausibleFor
	}
	return d
}

// Block judges whether a waveform lives.
func (d *implausible) Block(b *care.Block) []care.Alert {
	w := d.waves.look(b)
	if w == nil || b.Len() == 0 {
		return nil
	}
	c := &d.rests[0]
	if w == &d.waves.of[1] {
		c = &d.rests[1]
	}
	ch := c.observe(w.dead || w.doubtful, b.At(b.Len()))
	switch {
	case ch == raise:
		c.level = care.Low
		if w.dead { // nobody is watched by it
			c.level = care.Medium
		}
	case ch == same && c.state == raised && w.dead && c.level < care.Medium:
		ch, c.level = raise, care.Medium // the same episode, more urgent
	case ch == same:
		return nil
	}
	e := care.Evidence{Rule: implausibleRule, Features: []care.Feature{
		{Name: "stuck", Value: 1, Unit: "1"}, {Name: b.Kind.String(), Value: 1, Unit: "1"},
		{Name: "channel", Value: float64(w.which), Unit: "1"}, {Name: "still", Value: w.rested().Seconds(), Unit: "s"}}}
	return []care.Alert{d.announce(care.Implausible, ch, c.level, c.onset, b.At(b.Len()), e)}
}

// dead reports whether the last block of this kind showed that nothing moves.
func (d *implausible) dead(k care.BlockKind) bool {
	for i := range d.waves.of {
		if w := &d.waves.of[i]; w.kind == k {
			return w.dead
		}
	}
	return false
}

func (d *implausible) Reading(r care.Reading) []care.Alert {
	bad := r.Flags & (care.OutOfRange | care.Stuck)
	var c *doubt
	for i := range d.n {
		if d.watch[i].metric == r.Metric {
			c = &d.watch[i]
		}
	}
	if c == nil {
		if bad == 0 || d.n == len(d.watch) {
			return nil
		}
		c = &d.watch[d.n]
		d.n++
		*c = doubt{metric: r.Metric, condition: condition{clearAfter: plausibleFor}}
	}
	if bad != 0 {
		c.value, c.flags = r.Value, bad
	}
	return d.change(c, c.observe(bad != 0, r.At), r.At)
}

// Tick does nothing: values must be seen to be plausible again.
func (d *implausible) Tick(time.Time) []care.Alert { return nil }

func (d *implausible) change(c *doubt, ch change, at time.Time) []care.Alert {
	if ch == same {
		return nil
	}
	why := "out_of_range"
	if c.flags&care.OutOfRange == 0 {
		why = "stuck"
	}
	e := care.Evidence{Rule: implausibleRule, Metric: c.metric, Features: []care.Feature{{Name: why, Value: 1, Unit: "1"}}}
	if info, ok := c.metric.Info(); ok && c.flags&care.OutOfRange != 0 {
		e.Limits = []care.Feature{{Name: "low", Value: info.Low, Unit: info.Unit}, {Name: "high", Value: info.High, Unit: info.Unit}}
	} else {
		e.Limits = []care.Feature{{Name: "still", Value: frozenAfter(c.metric).Seconds(), Unit: "s"}}
	}
	if finite(c.value) {
		e.Value = c.value
	}
	return []care.Alert{d.announce(care.Implausible, ch, care.Low, c.onset, at, e)}
}
