package detect

import (
	"slices"
	"time"

	"osmanthus/care"
)

const (
	vitalRule = "vital/4"
	// A limit counts as exceeded all the time between two values that are not
	// further apart than vitalGap or vitalSteps times as far as the two before
	// them: a band that speaks once a minute is not less believed. Two values
	// vitalLapse apart say nothing about the time between. Where that is how
	// the source measures, each value is all there is: it is judged at once.
	vitalGap   = 30 * time.Second
	vitalSteps = 3
	vitalLapse = 15 * time.Minute
	// vitalChatter is how many times the persistence values that go to and fro
	// between the limit and the hysteresis must be over the limit altogether:
	// they are not held beyond it, and not back either.
	vitalChatter = 2.5
	// spotStream is how soon two values of what is measured now and then follow
	// each other, twice, for it to be a stream: an oximeter may send both.
	spotStream = 20 * time.Second
)

// vitals holds the limits of all vital signs of one source. See vitals.md.
type vitals struct {
	base
	spot      bool    // measured now and then: one value is all there is
	limits    []Limit // of the plan
	overrides []Override
	met       []care.Metric // that the source has said
	sides     []side        // of these
	out       []care.Alert
}

// side is one metric on one side: a Medium limit, a High limit, or both. They
// share an episode: who is worse after having been bad is the same alarm, more
// urgent.
type side struct {
	metric care.Metric
	side   Side
	bands  []band // in the order of the plan
	since  time.Time
	seen   bool          // a value came already, at since
	step   time.Duration // between the two values before, 0 where there were none
	quick  int           // steps in a row that are those of a stream
	open   bool
	alert  care.Alert
}

// band is one limit with its overrides.
type band struct {
	limit     Limit
	overrides []Override
	last      verdict       // of the last value
	even      bool          // and of every one since the last pause
	from      time.Time     // since when
	total     time.Duration // for how long values were over the limit since they were back
	raised    bool
	backed    bool // it has come back, not yet for long enough
	back      time.Time
}

// verdict is how one value lies to a limit and its hysteresis.
type verdict uint8

const (
	valueUnjudged verdict = iota
	valueBack             // by the hysteresis at least
	valueBetween
	valueOver
)

func newVitals(p Plan, s Source) *vitals {
	return &vitals{base: base{s.Resident, s.ID}, spot: s.Kind == Spot, limits: p.Limits, overrides: p.Overrides}
}

// meet takes the limits of a metric that the source says for the first time: no
// source says all of them.
func (d *vitals) meet(m care.Metric) {
	d.met = append(d.met, m)
	for _, l := range (Plan{Limits: d.limits}).limits() {
		if l.Metric != m {
			continue
		}
		b := band{limit: l}
		for _, o := range d.overrides {
			if o.Resident == d.resident && (limitKey{o.Metric, o.Side, o.Priority}) == l.key() {
				b.overrides = append(b.overrides, o)
			}
		}
		i := slices.IndexFunc(d.sides, func(s side) bool { return s.metric == l.Metric && s.side == l.Side })
		if i < 0 {
			i = len(d.sides)
			d.sides = append(d.sides, side{metric: l.Metric, side: l.Side})
		}
		d.sides[i].bands = append(d.sides[i].bands, b)
	}
}

func (d *vitals) Block(*care.Block) []care.Alert { return nil }

// Tick does nothing: a limit is judged by values, and an open alert stays open
// without them.
func (d *vitals) Tick(time.Time) []care.Alert { return nil }

// Reading judges a value.
func (d *vitals) Reading(r care.Reading) []care.Alert {
	d.out = d.out[:0]
	if r.Flags&(care.OutOfRange|care.Stuck) != 0 || r.Quality < Believed || !finite(r.Value) {
		return nil
	}
	if !slices.Contains(d.met, r.Metric) {
		d.meet(r.Metric)
	}
	for i := range d.sides {
		if d.sides[i].metric == r.Metric {
			d.judge(&d.sides[i], r)
		}
	}
	return d.out
}

func (d *vitals) judge(s *side, r care.Reading) {
	step, gap, alone := s.follows(r.At)
	spot := alone || d.spot && s.quick < 2
	for i := range s.bands {
		s.bands[i].observe(s.side, r, step, gap, spot)
	}
	best, open := -1, false
	for i := range s.bands {
		if !s.bands[i].raised {
			continue
		}
		open = true
		if best < 0 || s.bands[i].priority(r.At) > s.bands[best].priority(r.At) {
			best = i
		}
	}
	switch {
	case open && !s.open:
		b := &s.bands[best]
		s.open = true
		s.alert = d.alertOf(s, b.from)
		d.emit(s, b, care.Confirmed, r)
	case open && s.bands[best].priority(r.At) > s.alert.Priority:
		d.emit(s, &s.bands[best], care.Confirmed, r)
	case !open && s.open:
		s.open = false
		d.emit(s, nil, care.Cleared, r)
	}
}

// alertOf is a new episode of a side.
func (d *vitals) alertOf(s *side, onset time.Time) care.Alert {
	a := care.Alert{Kind: care.VitalHigh, Resident: d.resident, Source: d.source, Onset: onset}
	if s.side == Below {
		a.Kind = care.VitalLow
	}
	a.Episode = care.NewEpisode(a.Kind, d.resident, d.source, s.metric, onset)
	return a
}

// follows takes the time of the next value, and returns how long after the one
// before it is, whether that is too far, and whether the source measures so
// seldom that each value stands alone.
func (s *side) follows(at time.Time) (step time.Duration, gap, alone bool) {
	if s.seen {
		limit := vitalLapse
		if s.step > 0 {
			limit = min(max(vitalGap, vitalSteps*s.step), vitalLapse)
		}
		step = at.Sub(s.since)
		gap = step < 0 || step > limit
		alone = step > vitalLapse && (s.step == 0 || s.step > vitalLapse)
		if s.quick++; step < 0 || step > spotStream {
			s.quick = 0
		}
		step = max(step, 0)
		s.step = step
	}
	s.seen, s.since = true, at
	return step, gap, alone
}

// emit raises or clears; b is the limit that raises, nil for a clear.
func (d *vitals) emit(s *side, b *band, state care.State, r care.Reading) {
	s.alert.State, s.alert.At, s.alert.Confidence = state, r.At, float64(min(r.Quality, 100))/100
	limit, limits := s.alert.Evidence.Limit, s.alert.Evidence.Limits
	if b != nil {
		s.alert.Priority = b.priority(r.At)
		limit = b.value(r.At)
		limits = b.limits()
	}
	s.alert.Evidence = care.Evidence{Rule: vitalRule, Metric: s.metric, Value: r.Value, Limit: limit, Limits: limits}
	d.out = append(d.out, s.alert)
}

// limits is what else the rule compares with.
func (b *band) limits() []care.Feature {
	info, _ := b.limit.Metric.Info()
	return []care.Feature{{Name: "persist", Value: b.limit.Persist.Seconds(), Unit: "s"},
		{Name: "hysteresis", Value: b.limit.Hysteresis, Unit: info.Unit}}
}

// current returns the override that holds at a time that can be believed, nil
// for none. Of several the last in the plan holds.
func (b *band) current(at time.Time) *Override {
	for i := len(b.overrides) - 1; i >= 0; i-- {
		if at.Before(b.overrides[i].Until) {
			return &b.overrides[i]
		}
	}
	return nil
}

// value is the limit that holds at an instant. A clock that was never set cannot
// say which override is over: until it is, the stricter of limit and overrides
// holds, in value and in priority.
func (b *band) value(at time.Time) float64 {
	if !care.ClockSet(at) {
		v := b.limit.Value
		for _, o := range b.overrides {
			if b.limit.Side == Below {
				v = max(v, o.Value)
			} else {
				v = min(v, o.Value)
			}
		}
		return v
	}
	if o := b.current(at); o != nil {
		return o.Value
	}
	return b.limit.Value
}

func (b *band) priority(at time.Time) care.Priority {
	if !care.ClockSet(at) {
		p := b.limit.Priority
		for _, o := range b.overrides {
			p = max(p, o.As)
		}
		return p
	}
	if o := b.current(at); o != nil && o.As != 0 {
		return o.As
	}
	return b.limit.Priority
}

// observe moves the limit's state by one value, step after the one before; gap
// says that this one is too old to speak for the time between. A value speaks
// for the second after it, or for less where values come faster.
func (b *band) observe(s Side, r care.Reading, step time.Duration, gap, spot bool) {
	now := b.lies(s, r)
	persist, holds := b.limit.Persist, min(step, time.Second)
	if b.agrees(now, step, gap) {
		persist, gap = 0, false
	}
	if spot {
		persist = 0
	}
	switch {
	case now == valueOver:
		b.exceed(r.At, step, gap)
		if r.At.Sub(b.from)+holds >= persist || b.total+holds >= time.Duration(vitalChatter*float64(persist)) {
			b.raised = true
		}
	case now == valueBetween:
		if b.last == valueOver {
			b.total += holds
		}
		b.backed = false
	case !b.raised:
		b.total = 0
	default:
		if !b.backed || gap {
			b.backed, b.back = true, r.At
		}
		if r.At.Sub(b.back)+holds >= persist {
			b.raised, b.backed, b.total = false, false, 0
		}
	}
	b.last = now
}

func (b *band) lies(s Side, r care.Reading) verdict {
	beyond := r.Value - b.value(r.At)
	if s == Below {
		beyond = -beyond
	}
	switch {
	case beyond > 0:
		return valueOver
	case beyond > -b.limit.Hysteresis:
		return valueBetween
	}
	return valueBack
}

// agrees reports whether a value says the same after a pause as every value of
// the stretch before it did. A source that measures for some seconds now and
// then says no more than that; of a stream that was interrupted it takes a
// stretch between two pauses that was too short to be judged.
func (b *band) agrees(now verdict, step time.Duration, gap bool) bool {
	same := now == b.last
	if gap || b.last == valueUnjudged {
		whole := b.even
		b.even = true
		return gap && whole && same && step > 0
	}
	b.even = b.even && same
	return false
}

// exceed counts for how long values are over the limit: in one piece, and
// altogether since they were back.
func (b *band) exceed(at time.Time, step time.Duration, gap bool) {
	b.backed = false
	switch {
	case b.last == valueOver && !gap:
		b.total += step
	case !b.raised:
		b.from = at
		if gap {
			b.total = 0
		}
	}
}
