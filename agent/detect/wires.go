package detect

import (
	"time"

	"osmanthus/care"
)

const (
	lineRule = "line/1"
	// lineSettle is how long a line must be cut or shorted before somebody is
	// told: a plug that is being pushed in bounces. The requirement is 10 s.
	lineSettle = 2 * time.Second
)

// wires watches whether the line of a source is whole. See supervision.md.
type wires struct {
	base
	metric care.Metric // that says so
	fault  condition
	state  float64 // the last one
}

func newWires(s Source, m care.Metric) wires {
	return wires{base: base{s.Resident, s.ID}, metric: m, fault: condition{raiseAfter: lineSettle, clearAfter: lineSettle}}
}

// lineWatch is the Detector of lines that have a metric of their own for it.
type lineWatch struct{ wires }

func newLineWatch(s Source) *lineWatch { return &lineWatch{newWires(s, care.LineState)} }

func (d *wires) Block(*care.Block) []care.Alert { return nil }

// Reading takes what a line says of itself.
func (d *lineWatch) Reading(r care.Reading) []care.Alert {
	if r.Metric != d.metric || r.Flags&care.OutOfRange != 0 {
		return nil
	}
	return d.observe(r.Value == care.CallLineOpen || r.Value == care.CallLineShort, r.Value, r.At)
}

func (d *wires) observe(broken bool, state float64, at time.Time) []care.Alert {
	d.state = state
	return d.line(d.fault.observe(broken, at), at)
}

func (d *wires) Tick(at time.Time) []care.Alert { return d.line(d.fault.tick(at), at) }

func (d *wires) line(c change, at time.Time) []care.Alert {
	if c == same {
		return nil
	}
	return []care.Alert{d.announce(care.LineFault, c, care.Medium, d.fault.onset, at,
		ruled(care.Evidence{Rule: lineRule, Metric: d.metric, Value: d.state},
			care.Feature{Name: "lasts", Value: lineSettle.Seconds(), Unit: "s"}))}
}
