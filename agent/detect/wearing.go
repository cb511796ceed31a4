package detect

import (
	"math"
	"time"

	"osmanthus/care"
)

const (
	wornRule = "not-worn/3"
	// WearSource is the source of the readings of care.WornWeek: no band says them.
	WearSource care.SourceID = "wear"
	// wearFresh is for how long a band's word about how it is worn holds, or a
	// pulse that it measured.
	wearFresh = 3 * time.Minute
	// wearStill is after what time without movement a band that measures movement
	// and no pulse lies somewhere: nobody sleeps so quietly for an hour.
	wearStill = time.Hour
	// wearMoves is the least activity, in g, of somebody who wears a band: the
	// noise of an accelerometer on a table is a tenth of it.
	wearMoves = 0.01
	// wearHole is the longest time without word of a band that is known to be off
	// for it to count as off throughout.
	wearHole = 15 * time.Minute
	// wornAgain is how long a band must be worn to count so.
	wornAgain = time.Minute
	// Without a policy, who took a band off is told of after defaultNotWorn, who
	// charges it after defaultCharging.
	defaultNotWorn  = 2 * time.Hour
	defaultCharging = 4 * time.Hour
	// wearHours is a week, in the hours by which wear time is summed up.
	wearHours = 7 * 24
)

// WearPolicy says after what time a band that is not worn is an alert.
type WearPolicy struct {
	Resident care.ResidentID
	// NotWorn is how long it may be off, Charging how long it may be charged; 0
	// means the default, and a negative value for ever. The default of Charging is
	// never the stricter of both.
	NotWorn, Charging time.Duration
}

// wearing knows of one resident whether the bands are worn, and how much of the
// week they were. See wearing.md.
type wearing struct {
	resident care.ResidentID
	policy   WearPolicy
	bands    []wornBand

	last  time.Time // the last tick
	week  []wearHour
	tell  care.Reading
	tells bool

	state float64   // of care.WearState, of all bands together
	since time.Time // when it was last another one, but for holes
	blind time.Time // since when nothing is known, zero: something is
	worn  time.Time // since when a band is worn, zero: none is
	open  bool
	alert care.Alert
	out   []care.Alert
}

// wornBand is what is known of one band.
type wornBand struct {
	source care.SourceID
	state  float64   // what it said
	at     time.Time // when
	pulse  time.Time // when it last measured one
	moved  time.Time // when it last moved, or was first seen
	motion time.Time // when it last said how it moves, zero: never
}

// wearHour is how one hour was spent, in seconds.
type wearHour struct {
	Hour     int64   `json:"hour"`
	Worn     float64 `json:"worn,omitempty"`
	Off      float64 `json:"off,omitempty"`
	Charging float64 `json:"charging,omitempty"`
	Unknown  float64 `json:"unknown,omitempty"`
}

// newWearing returns nil for a resident without a band.
func newWearing(p Plan, resident care.ResidentID) *wearing {
	d := &wearing{resident: resident}
	for _, s := range p.Sources {
		if s.Resident == resident && (s.Worn || s.Class == Band || s.Class == CallRadio && s.Kind == Vitals) {
			d.bands = append(d.bands, wornBand{source: s.ID})
		}
	}
	for _, w := range p.Wears {
		if w.Resident == resident {
			d.policy = w
		}
	}
	if d.policy.NotWorn == 0 {
		d.policy.NotWorn = defaultNotWorn
	}
	switch {
	case d.policy.Charging != 0:
	case d.policy.NotWorn < 0: // a band on its charger is not worn either
		d.policy.Charging = -1
	default:
		d.policy.Charging = max(defaultCharging, d.policy.NotWorn)
	}
	if len(d.bands) == 0 {
		return nil
	}
	return d
}

// Block implements Detector.
func (d *wearing) Block(*care.Block) []care.Alert { return nil }

// Reading takes what a band says about itself and its wearer.
func (d *wearing) Reading(r care.Reading) []care.Alert {
	for i := range d.bands {
		if b := &d.bands[i]; b.source == r.Source && r.Flags&(care.OutOfRange|care.Stuck) == 0 && finite(r.Value) {
			b.hear(r)
		}
	}
	return nil
}

func (b *wornBand) hear(r care.Reading) {
	switch r.Metric {
	case care.WearState:
		b.state, b.at = r.Value, r.At
	case care.HeartRate, care.PulseRate, care.SpO2:
		if r.Quality >= Believed {
			b.pulse = r.At
		}
	case care.Activity:
		if b.motion.IsZero() || r.Value >= wearMoves {
			b.moved = r.At
		}
		b.motion = r.At
	}
}

// is returns how the band is worn: as it says; else by a pulse; else, where it
// moves no more, off; else nobody knows.
func (b *wornBand) is(at time.Time) float64 {
	fresh := func(t time.Time) bool {
		age := at.Sub(t)
		return !t.IsZero() && age <= wearFresh && age >= -wearFresh
	}
	switch {
	case fresh(b.at) && b.state != care.WearUnknown:
		return b.state
	case fresh(b.pulse):
		return care.WearWorn
	case fresh(b.motion) && at.Sub(b.moved) >= wearStill:
		return care.WearOff
	}
	return care.WearUnknown
}

// together returns how all bands are worn: one that is worn is enough.
func (d *wearing) together(at time.Time) (state float64, source care.SourceID) {
	state, source = care.WearUnknown, d.bands[0].source
	rank := func(s float64) int {
		switch s {
		case care.WearWorn:
			return 3
		case care.WearCharging:
			return 2
		case care.WearOff:
			return 1
		}
		return 0
	}
	for i := range d.bands {
		if s := d.bands[i].is(at); rank(s) > rank(state) {
			state, source = s, d.bands[i].source
		}
	}
	return state, source
}

// Tick sums up the time, and tells of a band that nobody wears.
func (d *wearing) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	step := time.Duration(0)
	if !d.last.IsZero() {
		step = at.Sub(d.last)
	}
	if step > tickCap {
		d.clockSet(step - tickCap)
	}
	state, source := d.together(at)
	if step > 0 {
		d.add(state, at, min(step, tickCap))
	}
	d.last = at
	d.follow(state, at)
	d.judge(source, at)
	return d.out
}

// clockSet moves what began before a clock was set forward: a gateway that
// starts in 1970 has seen nobody take a band off then.
func (d *wearing) clockSet(set time.Duration) {
	move := func(t *time.Time) {
		if !t.IsZero() && !t.After(d.last) {
			*t = t.Add(set)
		}
	}
	move(&d.since)
	move(&d.blind)
	move(&d.worn)
	for i := range d.bands {
		move(&d.bands[i].moved)
	}
}

// add counts a stretch of time.
func (d *wearing) add(state float64, at time.Time, step time.Duration) {
	if !care.ClockSet(at) {
		return
	}
	hour := at.Unix() / 3600
	if n := len(d.week); n == 0 || d.week[n-1].Hour != hour {
		if n > 0 && d.week[n-1].Hour > hour { // the clock was set back
			d.week = d.week[:0]
		}
		d.week = append(d.week, wearHour{Hour: hour})
		for len(d.week) > 0 && d.week[0].Hour <= hour-wearHours {
			d.week = d.week[1:]
		}
		d.share(at)
	}
	h := &d.week[len(d.week)-1]
	switch state {
	case care.WearWorn:
		h.Worn += step.Seconds()
	case care.WearOff:
		h.Off += step.Seconds()
	case care.WearCharging:
		h.Charging += step.Seconds()
	default:
		h.Unknown += step.Seconds()
	}
}

// share says, every hour, how much of the week a band was worn, of the time that
// this gateway watched.
func (d *wearing) share(at time.Time) {
	worn, all := 0.0, 0.0
	for _, h := range d.week {
		worn += h.Worn
		all += h.Worn + h.Off + h.Charging + h.Unknown
	}
	if all < 3600 {
		return
	}
	d.tell, d.tells = care.NewReading(d.resident, WearSource, care.WornWeek, 100*worn/all, 100, at), true
}

// assess implements assessor.
func (d *wearing) assess(out []care.Reading) []care.Reading {
	if !d.tells {
		return out
	}
	d.tells = false
	return append(out, d.tell)
}

// follow notes since when the state is what it is. A short time of which nothing
// is known changes nothing.
func (d *wearing) follow(state float64, at time.Time) {
	for _, t := range []*time.Time{&d.since, &d.blind, &d.worn} {
		if t.After(at) { // the clock was set back
			*t = at
		}
	}
	if state != care.WearWorn {
		d.worn = time.Time{}
	} else if d.worn.IsZero() {
		d.worn = at
	}
	if state == care.WearUnknown {
		if d.blind.IsZero() {
			d.blind = at
		}
		if at.Sub(d.blind) < wearHole {
			return
		}
	} else {
		d.blind = time.Time{}
	}
	off := func(s float64) bool { return s == care.WearOff || s == care.WearCharging }
	switch {
	case state == d.state:
	case off(state) && off(d.state): // off the charger, and still off
		d.state = state
	default:
		d.state, d.since = state, at
	}
}

// judge raises and clears. What is lost, supervision tells of.
func (d *wearing) judge(source care.SourceID, at time.Time) {
	if d.open {
		if !d.worn.IsZero() && at.Sub(d.worn) >= wornAgain {
			d.open = false
			d.alert.State, d.alert.At = care.Cleared, at
			d.out = append(d.out, d.alert)
		}
		return
	}
	limit := time.Duration(-1)
	switch d.state {
	case care.WearOff:
		limit = d.policy.NotWorn
	case care.WearCharging:
		limit = d.policy.Charging
	}
	if limit < 0 || at.Sub(d.since) < limit {
		return
	}
	d.open = true
	e := ruled(care.Evidence{Rule: wornRule, Metric: care.WearState, Value: d.state,
		Features: []care.Feature{{Name: "not_worn", Value: math.Round(at.Sub(d.since).Seconds()), Unit: "s"}}},
		care.Feature{Name: "not_worn", Value: limit.Seconds(), Unit: "s"})
	d.alert = base{d.resident, source}.announce(care.NotWorn, raise, care.Low, d.since, at, e)
	d.out = append(d.out, d.alert)
}
