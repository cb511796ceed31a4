package detect

import (
	"time"

	"osmanthus/care"
)

const (
	staleRule  = "stale/1"
	sensorRule = "sensor/1"
	// sensorSettle is how long a sensor must be faulty, or well again, before
	// that counts. The requirement is an alert within 60 s.
	sensorSettle = 10 * time.Second
	// tickCap is the most time that counts between two ticks: more than that
	// is a clock that was set or a gateway that stood still, and neither is
	// the silence of a source.
	tickCap = 30 * time.Second
)

// silence returns how long a source of this class may be silent, and after
// how long that becomes more urgent, 0 where it does not.
func (c Class) silence() (limit, urgent time.Duration) {
	switch c {
	case CallRadio, Wired:
		return time.Minute, 0
	case Bed:
		return 5 * time.Minute, 0
	case Band:
		return 15 * time.Minute, 30 * time.Minute
	}
	return 0, 0
}

// supervision watches that a source speaks, and what the agent learned about
// its sensor. Of one source there is one technical alert at a time: a sensor
// that is known to be faulty is not also stale. See supervision.md.
type supervision struct {
	base
	limit, urgent time.Duration
	last          time.Time     // the last tick
	ticking       bool          // there was one
	heard         bool          // the source spoke since then
	silent        time.Duration // how long it did not speak
	stale         care.State    // 0 where it speaks, Confirmed where the alert is open
	level         care.Priority
	onset         time.Time
	fault         condition
	faulty        bool    // the last sensor_state said so
	state         float64 // the last one that did
	out           []care.Alert
}

func newSupervision(s Source) *supervision {
	d := &supervision{base: base{s.Resident, s.ID}, fault: condition{raiseAfter: sensorSettle, clearAfter: sensorSettle}}
	d.limit, d.urgent = s.Class.silence()
	return d
}

// Block counts as a sign of life if it holds samples.
func (d *supervision) Block(b *care.Block) []care.Alert {
	d.heard = d.heard || b.Len() > 0
	return nil
}

// Reading counts as a sign of life unless it only says how the sensor is: a
// chip that answers may measure nothing, and a band in a drawer that is connected
// tells of its battery every hour. A sensor that is well again has the whole
// limit to speak.
func (d *supervision) Reading(r care.Reading) []care.Alert {
	d.out = d.out[:0]
	if r.Metric != care.SensorState {
		d.heard = d.heard || r.Metric != care.BatteryLevel
		return nil
	}
	if r.Flags&care.OutOfRange != 0 {
		return nil
	}
	bad := r.Value != care.SensorWorks
	worse := bad && d.state == care.SensorLosing && r.Value != d.state
	d.heard = d.heard || d.faulty && !bad
	if d.faulty = bad; bad {
		d.state = r.Value
	}
	c := d.fault.observe(bad, r.At)
	if c == same && worse && d.fault.state == raised {
		c = raise // the same episode, more urgent
	}
	d.sensor(c, r.At)
	return d.out
}

// Tick measures the silence.
func (d *supervision) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	step := time.Duration(0)
	if d.ticking {
		step = min(max(at.Sub(d.last), 0), tickCap)
	}
	d.last, d.ticking = at, true
	d.sensor(d.fault.tick(at), at)
	if d.heard || d.limit == 0 {
		d.heard, d.silent = false, 0
		if d.stale != 0 {
			d.speak(care.Cleared, at)
		}
		return d.out
	}
	d.silent += step
	switch {
	case d.silent < d.limit || d.fault.state >= raised:
	case d.stale == 0:
		d.level, d.onset = care.Medium, at.Add(-d.silent)
		if d.urgent > 0 {
			d.level = care.Low
		}
		d.speak(care.Confirmed, at)
	case d.urgent > 0 && d.silent >= d.urgent && d.level < care.Medium:
		d.level = care.Medium
		d.speak(care.Confirmed, at)
	}
	return d.out
}

func (d *supervision) speak(s care.State, at time.Time) {
	c := raise
	if d.stale = s; s == care.Cleared {
		d.stale, c = 0, clear
	}
	d.out = append(d.out, d.announce(care.SourceStale, c, d.level, d.onset, at, ruled(care.Evidence{
		Rule: staleRule, Features: []care.Feature{
			{Name: "silence", Value: d.silent.Seconds(), Unit: "s"}, {Name: "limit", Value: d.limit.Seconds(), Unit: "s"}},
	}, care.Feature{Name: "silence", Value: d.limit.Seconds(), Unit: "s"}, care.Feature{Name: "urgent", Value: d.urgent.Seconds(), Unit: "s"})))
}

// sensor raises and clears what the agent reports about the sensor. While
// samples are merely being lost, the resident is still watched: Low.
func (d *supervision) sensor(c change, at time.Time) {
	if c == same {
		return
	}
	if c == raise && d.stale != 0 {
		d.speak(care.Cleared, at) // the better explanation replaces it
	}
	p := care.Medium
	if d.state == care.SensorLosing {
		p = care.Low
	}
	d.out = append(d.out, d.announce(care.SensorFault, c, p, d.fault.onset, at,
		ruled(care.Evidence{Rule: sensorRule, Metric: care.SensorState, Value: d.state},
			care.Feature{Name: "lasts", Value: sensorSettle.Seconds(), Unit: "s"})))
}
