package detect

import (
	"time"

	"osmanthus/care"
)

const (
	callRule = "call/1"
	lineRule = "line/1"
	// lineSettle is how long a line must be cut or shorted before somebody is
	// told: a plug that is being pushed in bounces. The requirement is 10 s.
	lineSettle = 2 * time.Second
	// sameCall is how long further presses of a button belong to the same call:
	// who is frightened presses more than once, and a button that is held repeats
	// itself.
	sameCall = 5 * time.Second
)

// call watches a call point. A press is an alert at once: no window, no
// persistence. It is never cleared from here, and a press that is held is one
// call: latching is what the annunciator does. A button that is heard by radio
// has no level: each press is a reading. See supervision.md.
type call struct {
	base
	pressed bool
	button  time.Time // the press of a button that was a call last
	fault   condition // the line is cut or shorted
	state   float64   // last state of the line
}

func newCall(s Source) *call {
	return &call{base: base{s.Resident, s.ID}, fault: condition{raiseAfter: lineSettle, clearAfter: lineSettle}}
}

func (d *call) Block(*care.Block) []care.Alert { return nil }

func (d *call) Reading(r care.Reading) []care.Alert {
	if r.Flags&care.OutOfRange != 0 {
		return nil
	}
	if r.Metric == care.ButtonPress && r.Value != 0 && (d.button.IsZero() || r.At.Sub(d.button).Abs() >= sameCall) {
		d.button = r.At
		return []care.Alert{d.call(r, 1, care.Feature{Name: "same_call", Value: sameCall.Seconds(), Unit: "s"})}
	}
	if r.Metric != care.CallLine {
		return nil
	}
	var out []care.Alert
	pressed := r.Value == care.CallLinePressed
	if pressed && !d.pressed {
		out = append(out, d.call(r, care.CallLinePressed))
	}
	d.pressed = pressed
	d.state = r.Value
	broken := r.Value == care.CallLineOpen || r.Value == care.CallLineShort
	return append(out, d.line(d.fault.observe(broken, r.At), r.At)...)
}

func (d *call) call(r care.Reading, limit float64, rule ...care.Feature) care.Alert {
	return care.Alert{
		Episode: care.NewEpisode(care.Call, d.resident, d.source, r.Metric, r.At),
		Kind:    care.Call, State: care.Confirmed, Priority: care.High,
		Resident: d.resident, Source: d.source, Onset: r.At, At: r.At, Confidence: 1,
		Evidence: ruled(care.Evidence{Rule: callRule, Metric: r.Metric, Value: r.Value, Limit: limit}, rule...),
	}
}

func (d *call) Tick(at time.Time) []care.Alert { return d.line(d.fault.tick(at), at) }

func (d *call) line(c change, at time.Time) []care.Alert {
	if c == same {
		return nil
	}
	return []care.Alert{d.technical(care.LineFault, c, care.Medium, d.fault.onset, at,
		ruled(care.Evidence{Rule: lineRule, Metric: care.CallLine, Value: d.state},
			care.Feature{Name: "lasts", Value: lineSettle.Seconds(), Unit: "s"}))}
}
