package detect

import (
	"time"

	"osmanthus/care"
)

const (
	callRule = "call/1"
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
	wires
	pressed bool
	button  time.Time // the press of a button that was a call last
}

func newCall(s Source) *call { return &call{wires: newWires(s, care.CallLine)} }

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
	broken := r.Value == care.CallLineOpen || r.Value == care.CallLineShort
	return append(out, d.observe(broken, r.Value, r.At)...)
}

func (d *call) call(r care.Reading, limit float64, rule ...care.Feature) care.Alert {
	return care.Alert{
		Episode: care.NewEpisode(care.Call, d.resident, d.source, r.Metric, r.At),
		Kind:    care.Call, State: care.Confirmed, Priority: care.High,
		Resident: d.resident, Source: d.source, Onset: r.At, At: r.At, Confidence: 1,
		Evidence: ruled(care.Evidence{Rule: callRule, Metric: r.Metric, Value: r.Value, Limit: limit}, rule...),
	}
}
