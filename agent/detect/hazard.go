package detect

import (
	"time"

	"osmanthus/care"
)

const (
	hazardRule = "hazard/1"
	// hazardOver is how long a detector must be quiet for its alarm to be over:
	// some sound, and switch their output, in pulses with pauses of 5 s.
	hazardOver = 30 * time.Second
	// leakUrgent is how long water where none should be is Medium.
	leakUrgent = 5 * time.Minute
	// faultSettle is how long a detector's fault must last to be told.
	faultSettle = 2 * time.Second
)

// hazard watches one detector of what endangers everybody in a home. An alarm is
// an alert at once, without window or persistence. See hazard.md.
type hazard struct {
	base
	of  []danger // one for each metric that it has said
	out []care.Alert
}

// danger is one hazard of a source.
type danger struct {
	metric care.Metric
	alarm  condition // there is one
	began  time.Time // it did
	level  care.Priority
	fault  condition // the detector says that it cannot detect
	line   wires
}

func newHazard(s Source) *hazard { return &hazard{base: base{s.Resident, s.ID}} }

// hazardKinds is what an alarm of a metric is.
var hazardKinds = map[care.Metric]care.Kind{
	care.Smoke: care.SmokeAlarm, care.Gas: care.GasAlarm, care.CarbonMonoxide: care.CarbonMonoxideAlarm, care.WaterLeak: care.LeakAlarm,
}

// firstLevel is how urgent an alarm is at once.
func firstLevel(m care.Metric) care.Priority {
	if m == care.WaterLeak {
		return care.Medium
	}
	return care.High
}

func (d *hazard) newDanger(m care.Metric) danger {
	return danger{metric: m, level: firstLevel(m), alarm: condition{clearAfter: hazardOver},
		fault: condition{raiseAfter: faultSettle, clearAfter: sensorSettle}, line: newWires(Source{ID: d.source, Resident: d.resident}, m)}
}

func (d *hazard) danger(m care.Metric) *danger {
	for i := range d.of {
		if d.of[i].metric == m {
			return &d.of[i]
		}
	}
	d.of = append(d.of, d.newDanger(m))
	return &d.of[len(d.of)-1]
}

func (d *hazard) Block(*care.Block) []care.Alert { return nil }

// Reading takes a state. A detector that cannot detect, or whose line is cut,
// says nothing about an alarm that is open: it stays.
func (d *hazard) Reading(r care.Reading) []care.Alert {
	d.out = d.out[:0]
	if hazardKinds[r.Metric] == 0 || r.Flags&care.OutOfRange != 0 || r.Quality < Believed {
		return nil
	}
	w := d.danger(r.Metric)
	blind := r.Value == care.HazardFault || r.Value == care.HazardCut
	switch {
	case !blind:
		d.alarm(w, w.alarm.observe(r.Value == care.HazardAlarm, r.At), r.At)
	case w.alarm.state == leaving: // it went blind in a pause of its alarm
		w.alarm.state = raised
	}
	if r.Value != care.HazardAlarm { // of one that sounds nobody knows whether it is well
		d.fault(w, w.fault.observe(r.Value == care.HazardFault, r.At), r.At)
		d.out = append(d.out, w.line.observe(r.Value == care.HazardCut, r.Value, r.At)...)
	}
	d.worse(w, r.At)
	return d.out
}

func (d *hazard) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	for i := range d.of {
		w := &d.of[i]
		if at.Before(w.began) { // the clock was set back
			w.began = at
		}
		d.alarm(w, w.alarm.tick(at), at)
		d.fault(w, w.fault.tick(at), at)
		d.out = append(d.out, w.line.Tick(at)...)
		d.worse(w, at)
	}
	return d.out
}

// worse makes water that goes on flowing urgent.
func (d *hazard) worse(w *danger, at time.Time) {
	if w.metric == care.WaterLeak && w.alarm.state == raised && w.level < care.High && at.Sub(w.began) >= leakUrgent {
		w.level = care.High
		d.alarm(w, raise, at)
	}
}

func (d *hazard) alarm(w *danger, c change, at time.Time) {
	if c == same {
		return
	}
	if c == raise && w.level == firstLevel(w.metric) {
		w.began = at
	}
	d.out = append(d.out, d.announce(hazardKinds[w.metric], c, w.level, w.alarm.onset, at,
		ruled(care.Evidence{Rule: hazardRule, Metric: w.metric, Value: care.HazardAlarm, Limit: care.HazardAlarm}, hazardLimits(w.metric)...)))
	if c == clear {
		w.level = firstLevel(w.metric)
	}
}

// hazardLimits are what decides about an alarm; only one of water becomes more urgent.
func hazardLimits(m care.Metric) []care.Feature {
	limits := []care.Feature{{Name: "over", Value: hazardOver.Seconds(), Unit: "s"}}
	if m == care.WaterLeak {
		limits = append(limits, care.Feature{Name: "urgent", Value: leakUrgent.Seconds(), Unit: "s"})
	}
	return limits
}

func (d *hazard) fault(w *danger, c change, at time.Time) {
	if c == same {
		return
	}
	d.out = append(d.out, d.announce(care.SensorFault, c, care.Medium, w.fault.onset, at,
		ruled(care.Evidence{Rule: hazardRule, Metric: w.metric, Value: care.HazardFault},
			care.Feature{Name: "lasts", Value: faultSettle.Seconds(), Unit: "s"})))
}
