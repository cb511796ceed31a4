package radio

import (
	"math"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/advert"
)

// Bytes on the line are money. A device that says everything ten times a second
// costs as little as one that says it when it changes: a quiet one some 2 KB a
// day, one whose values never rest at most some 5 KB a day and quantity.
const (
	// repeatState is how often a state is said although it is the same, while
	// the device is heard.
	repeatState = 10 * time.Minute
	// signalEvery is how often the strength is said of a device that speaks when
	// it wants; of one that is supervised twice within its limit, as a sign of
	// life.
	signalEvery = 10 * time.Minute
	// worksEvery is how often it is said that a device works, while it is heard.
	worksEvery = 5 * time.Minute
	// motionHold is after what time without a word of motion there is none, of
	// devices that tell its beginning only.
	motionHold = 90 * time.Second
	// early is by how much a silent device is told of before its limit is over:
	// so long waits detection until it believes it.
	early = 15 * time.Second
)

// pace is how often a quantity is said.
type pace struct {
	least  time.Duration // not more often, the last value is said when it is over
	repeat time.Duration // though it is the same
	dead   float64       // what changes by less is the same
}

// paceOf is the table of paces. A vital sign comes at least as often as a
// monitor shows it.
func paceOf(m care.Metric) pace {
	switch m {
	case care.HeartRate, care.PulseRate, care.SpO2, care.RespiratoryRate:
		return pace{30 * time.Second, 2 * time.Minute, 0}
	case care.BatteryLevel, care.BatteryVoltage:
		return pace{10 * time.Minute, 24 * time.Hour, 0}
	case care.AirTemperature:
		return pace{time.Minute, 10 * time.Minute, 0.1}
	case care.RelativeHumidity:
		return pace{time.Minute, 10 * time.Minute, 0.5}
	case care.AirPressure:
		return pace{time.Minute, 10 * time.Minute, 0.5}
	case care.CarbonDioxide, care.Illuminance:
		return pace{time.Minute, 10 * time.Minute, 20}
	}
	return pace{time.Minute, 10 * time.Minute, 0}
}

// value is what a device last said of one metric.
type value struct {
	metric  care.Metric
	now     float64   // what it says
	heard   time.Time // when it was said over the air, as something new
	sent    float64   // what was passed on last
	at      time.Time // when
	pending bool      // now has to be passed on when the pace allows
	model   bool      // a model said it
}

// due reports whether a value has to be said again though it is the same.
func (v *value) due(at time.Time) bool {
	repeat := paceOf(v.metric).repeat
	if info, _ := v.metric.Info(); info.State {
		repeat = repeatState
	}
	return !v.at.IsZero() && at.Sub(v.at) >= repeat
}

// take takes what a packet says, and reports whether it says motion.
func (u *use) take(h *Hub, s *station, ms []advert.Measure, p advert.Passage, at time.Time, first bool) (moving bool) {
	pressed := false
	for _, m := range ms {
		metric, ok := u.means(m, first)
		if !ok {
			continue
		}
		info, _ := metric.Info()
		switch {
		case m.Metric == press:
			if !pressed && p != advert.Again {
				u.press(h, s, metric, at)
			}
			pressed = true
		case p == advert.Late: // the state may be another since
		case info.State:
			u.become(h, s, metric, m.Value, at)
			moving = moving || metric == care.Motion && m.Value != 0
		default:
			u.measure(h, s, metric, m.Value, at)
		}
	}
	return moving
}

// means returns the metric of a measure, false where the sensor takes none of it.
// The first sensor of a device tells its battery.
func (u *use) means(m advert.Measure, first bool) (care.Metric, bool) {
	metric, ok := u.metrics[m.Metric]
	if m.Metric == battery && first {
		metric, ok = care.BatteryLevel, true
	}
	info, _ := metric.Info()
	return metric, ok && m.Unit == info.Unit
}

// still says again what a copy says of what is known, if that is due. A copy that
// says something else is an old one.
func (u *use) still(h *Hub, m advert.Measure, at time.Time, first bool) {
	metric, ok := u.means(m, first)
	if !ok || m.Metric == press {
		return
	}
	if v := u.value(metric); v.now == m.Value && v.due(at) {
		v.heard = at
		u.pass(h, v, at)
	}
}

// The measures that mean something beyond their metric.
const (
	press   = "button_press"
	battery = "battery_level"
)

// press says one press: as such, or as the level of a button that goes down and
// up again. One that was never heard was up before, or its first press would be
// no rise.
func (u *use) press(h *Hub, s *station, m care.Metric, at time.Time) {
	if m == care.ButtonPress {
		u.send(h, m, 1, at, s.Simulated)
		return
	}
	if v := u.value(m); v.at.IsZero() {
		v.at = at
		u.send(h, m, 0, at.Add(-time.Millisecond), s.Simulated)
	}
	u.send(h, m, 1, at, s.Simulated)
	u.send(h, m, 0, at.Add(time.Millisecond), s.Simulated)
}

// become says a state when it is news.
func (u *use) become(h *Hub, s *station, m care.Metric, v float64, at time.Time) {
	old := u.value(m)
	news := old.at.IsZero() || old.sent != v || at.Sub(old.at) >= repeatState
	old.now, old.heard, old.model = v, at, s.Simulated
	if news {
		u.pass(h, old, at)
	}
}

// measure says a quantity at its pace.
func (u *use) measure(h *Hub, s *station, m care.Metric, v float64, at time.Time) {
	old, p := u.value(m), paceOf(m)
	since := at.Sub(old.at)
	old.now, old.heard, old.model = v, at, s.Simulated
	old.pending = old.at.IsZero() || math.Abs(v-old.sent) > p.dead || since >= p.repeat
	if old.pending && (old.at.IsZero() || since >= p.least) {
		u.pass(h, old, at)
	}
}

// pass passes on what the device says, as of a time.
func (u *use) pass(h *Hub, v *value, at time.Time) {
	v.sent, v.at, v.pending = v.now, at, false
	u.send(h, v.metric, v.now, at, v.model)
}

func (u *use) value(m care.Metric) *value {
	for i := range u.values {
		if u.values[i].metric == m {
			return &u.values[i]
		}
	}
	u.values = append(u.values, value{metric: m})
	return &u.values[len(u.values)-1]
}

func (u *use) send(h *Hub, m care.Metric, v float64, at time.Time, simulated bool) {
	r := care.NewReading(u.Resident, u.ID, m, v, 100, at.Round(0).UTC())
	if simulated {
		r.Flags |= care.Simulated
	}
	h.sink.Reading(r)
}

// alive says that the device is heard, and how well.
func (t *tag) alive(h *Hub, s *station, at time.Time) {
	t.heard = at
	t.is(h, s, care.SensorWorks, at)
	own := t.tracks[max(t.chosen, 0)]
	for _, u := range t.uses {
		every := signalEvery
		if u.Silence > 0 {
			every = min(every, u.Silence/2)
		}
		if own.rssi > unheard && (u.signal.IsZero() || at.Sub(u.signal) >= every) {
			u.signal = at
			u.send(h, care.SignalStrength, math.Round(own.rssi), at, s.Simulated)
		}
	}
}

// is says the state of everything that the device is.
func (t *tag) is(h *Hub, s *station, state int, at time.Time) {
	for _, u := range t.uses {
		u.is(h, state, at, s.Simulated)
	}
}

// is says the state of a sensor when it is news, or was said long ago.
func (u *use) is(h *Hub, state int, at time.Time, simulated bool) {
	every := worksEvery
	if state != care.SensorWorks {
		every = stateEvery
	}
	if u.state == state && at.Sub(u.said) < every {
		return
	}
	if u.state != state {
		h.log.Info("device state changed", "source", string(u.ID), "from", u.state, "to", state)
	}
	u.state, u.said = state, at
	u.send(h, care.SensorState, float64(state), at, simulated)
}

// quiet says that a sensor is silent that was heard last at a time, if its limit
// is over.
func (u *use) quiet(h *Hub, heard, at time.Time) {
	switch {
	case u.Silence <= 0 || at.Sub(heard) < u.Silence-early:
	case u.Carried:
		u.state = care.SensorSilent
	default:
		u.is(h, care.SensorSilent, at, false)
	}
}

// tick says what silence says: that a device is silent, that motion ended, and
// the last value that was held back.
func (t *tag) tick(h *Hub, at time.Time) {
	for _, u := range t.uses {
		if t.heard.IsZero() {
			t.heard = at // it has its whole limit from the start on
		}
		u.quiet(h, t.heard, at)
		for i := range u.values {
			v := &u.values[i]
			switch {
			case v.metric == care.Motion && v.sent == 1 && at.Sub(v.heard) >= motionHold:
				v.now = 0
				u.pass(h, v, at)
			case v.pending && at.Sub(v.at) >= paceOf(v.metric).least:
				u.send(h, v.metric, v.now, v.heard, v.model)
				v.sent, v.at, v.pending = v.now, at, false
			}
		}
	}
}
