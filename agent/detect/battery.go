package detect

import (
	"math"
	"slices"
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

const (
	batteryRule = "battery/2"
	// batteryWarn is how many days before its end a battery is told of: twice
	// the 7 days that are promised, because a rate may be wrong by half.
	batteryWarn = 14.0
	// batteryShort is the life, in days, below which a week ahead means nothing:
	// a band that is charged every few days is told of by its level.
	batteryShort = 28.0
	// batteryRemind is after what time it is told of again, and batteryOverdue
	// after what time it is overdue.
	batteryRemind  = 7 * 24 * time.Hour
	batteryOverdue = 14 * 24 * time.Hour
	// batteryWindow is over how many days the rate is taken, of at least
	// batteryFew.
	batteryWindow = 28
	batteryFew    = 5
	// batteryFloor is the share at which nobody asks for a rate; batteryCharge
	// that at which a battery of a short life is told of; batteryBlind that of one
	// whose rate is not known yet.
	batteryFloor  = 0.03
	batteryCharge = 0.20
	batteryBlind  = 0.10
	// batteryNew is the share by which what is left must have risen above
	// everything in the window for the battery to be another one, or charged.
	batteryNew = 0.15
	// batteryJump is the rise above yesterday that is another battery in any case.
	batteryJump = 0.5
	// batteryFull is a share that no warmth brings a battery back to that is told of.
	batteryFull = 0.9
	// batteryTimes is on how many days in a row it must be low.
	batteryTimes = 2
)

// battery watches the battery of one device, and tells of it at least a week
// before it is empty. See battery.md.
type battery struct {
	base
	cell   Cell
	cells  float64        // in a row
	volts  bool           // it tells its voltage: the better of two
	today  []float64      // shares of the day that lasts
	day    int64          // number of that day, 0 for none
	days   []batteryDay   // the days before, at most batteryWindow
	recent [3]float64     // the last three shares
	n      int            // how many there were
	times  int            // days in a row on which it was low
	since  time.Time      // since when it is told of, zero: it is not
	told   time.Time      // when it was told of last
	onset  time.Time      // names the alert that is open, so it moves with no clock
	level  care.Priority  // of it
	why    []care.Feature // of it
	out    []care.Alert
}

// batteryDay is the share that was left on one day.
type batteryDay struct {
	Day  int64   `json:"day"`
	Left float64 `json:"left"`
}

func newBattery(s Source) *battery { return &battery{base: base{s.Resident, s.ID}, cell: s.Cell} }

// Block implements Detector.
func (d *battery) Block(*care.Block) []care.Alert { return nil }

// Reading takes a level or a voltage.
func (d *battery) Reading(r care.Reading) []care.Alert {
	d.out = d.out[:0]
	if r.Metric != care.BatteryLevel && r.Metric != care.BatteryVoltage || r.Flags&care.OutOfRange != 0 || !finite(r.Value) || !care.ClockSet(r.At) {
		return nil
	}
	if r.Metric == care.BatteryLevel && d.volts {
		return nil
	}
	left := d.cell.ofLevel(r.Value)
	if r.Metric == care.BatteryVoltage {
		if !d.volts {
			d.volts, d.days, d.today, d.n = true, nil, nil, 0 // two ways of telling do not mix
		}
		d.cells = max(d.cells, d.cell.inARow(r.Value)) // of the voltage when they were new
		left = d.cell.ofVoltage(r.Value / d.cells)
	}
	d.turn(r.At)
	if len(d.today) < 1440 {
		d.today = append(d.today, left)
	}
	d.recent[d.n%len(d.recent)] = left
	d.n++
	d.renewed(r.At)
	d.short(r.At)
	return d.out
}

// Tick ends days, and reminds.
func (d *battery) Tick(at time.Time) []care.Alert {
	d.out = d.out[:0]
	if !care.ClockSet(at) {
		return nil
	}
	if d.since.After(at) || d.told.After(at) { // the clock was set back
		d.since, d.told = at, at
	}
	d.turn(at)
	if d.since.IsZero() {
		return d.out
	}
	if overdue := at.Sub(d.since) >= batteryOverdue; overdue && d.level < care.Medium {
		d.say(at, care.Medium)
	} else if at.Sub(d.told) >= batteryRemind {
		d.say(at, d.level)
	}
	return d.out
}

// turn ends the day when another begins.
func (d *battery) turn(at time.Time) {
	number := at.Unix() / (24 * 60 * 60)
	if number == d.day {
		return
	}
	if d.day != 0 && len(d.today) > 0 && number > d.day {
		// Cold makes a battery look emptier for hours: the warmer quarter of the
		// day counts.
		slices.Sort(d.today)
		d.days = append(d.days, batteryDay{d.day, d.today[len(d.today)*3/4]})
		if n := len(d.days); n > batteryWindow {
			d.days = slices.Delete(d.days, 0, n-batteryWindow)
		}
		d.judge(at)
	}
	d.day, d.today = number, d.today[:0]
}

// renewed notices another battery, or one that was charged.
func (d *battery) renewed(at time.Time) {
	if d.n < len(d.recent) {
		return
	}
	now := slices.Min(d.recent[:])
	if !d.answered(now) && !d.risen(now) {
		return
	}
	d.days, d.today, d.times = d.days[:0], append(d.today[:0], now), 0
	d.clear(at)
}

// charges reports whether the battery may be charged and need not get full.
func (d *battery) charges() bool { return d.cell == LiIonCell || d.cell == UnknownCell }

// answered reports whether somebody did what the alert asks for, by what was left
// when it was raised. The days cannot say: of a device that speaks once a day the
// last of them is of the new battery already, and one that was told of on its
// first day has none.
func (d *battery) answered(now float64) bool {
	if d.since.IsZero() || len(d.why) == 0 {
		return false
	}
	low := d.why[0].Value / 100
	return d.charges() && now-low >= batteryNew || now >= min(low+batteryJump, batteryFull)
}

// risen reports whether more is left than in all the days before.
func (d *battery) risen(now float64) bool {
	if len(d.days) == 0 {
		return false
	}
	best := 0.0
	for _, b := range d.days {
		best = max(best, b.Left)
	}
	last := d.days[len(d.days)-1].Left
	// A charge that was interrupted need not reach what was before. What is changed
	// does, or it jumps further than warmth ever brings back.
	if d.charges() && now-last >= batteryNew || now-last >= batteryJump {
		return true
	}
	return now-best >= min(batteryNew, max(1-best, 0.02)) && now >= last+batteryNew
}

// short tells of a battery that is nearly empty, or of a short life.
func (d *battery) short(at time.Time) {
	if d.n < len(d.recent) || !d.since.IsZero() {
		return
	}
	now := slices.Max(d.recent[:])
	rate, known := d.rate()
	limit := batteryFloor
	switch {
	case known && rate > 0 && 1/rate < batteryShort, d.cell == LiIonCell && !known:
		limit = batteryCharge
	case !known:
		limit = batteryBlind
	}
	if now <= limit {
		d.raise(at, now, rate)
	}
}

// judge asks, at the end of a day, for how long the battery lasts.
func (d *battery) judge(at time.Time) {
	rate, known := d.rate()
	if !known || rate <= 0 || 1/rate < batteryShort {
		d.times = 0
		return
	}
	left := d.left(rate)
	if left/rate > batteryWarn {
		d.times = 0
		return
	}
	if d.times++; d.times >= batteryTimes && d.since.IsZero() {
		d.raise(at, left, rate)
	}
}

// rate returns the share that a day takes: the median of the slopes between all
// pairs of days (Theil and Sen), which neither a cold night nor a single wrong
// value moves. It is not known of a few days.
func (d *battery) rate() (float64, bool) {
	if len(d.days) < batteryFew {
		return 0, false
	}
	var slopes []float64
	for i, a := range d.days {
		for _, b := range d.days[i+1:] {
			slopes = append(slopes, (a.Left-b.Left)/float64(b.Day-a.Day))
		}
	}
	return signal.Median(slopes), true
}

// left returns what is left today by the line through the last two weeks.
func (d *battery) left(rate float64) float64 {
	today := d.days[len(d.days)-1].Day
	var now []float64
	for _, b := range d.days {
		if today-b.Day < int64(batteryWarn) {
			now = append(now, b.Left-rate*float64(today-b.Day))
		}
	}
	return max(signal.Median(now), 0)
}

func (d *battery) raise(at time.Time, left, rate float64) {
	d.since = at
	d.why = []care.Feature{{Name: "left", Value: math.Round(left*1000) / 10, Unit: "%"}}
	if rate > 0 {
		d.why = append(d.why, care.Feature{Name: "days_left", Value: math.Round(left/rate*10) / 10, Unit: "d"})
	}
	d.say(at, care.Low)
}

// say tells of it, for the first time or again: each time is an episode of its
// own, because who closed the one before did not change the battery.
func (d *battery) say(at time.Time, p care.Priority) {
	if !d.told.IsZero() {
		d.alert(clear, at)
	}
	d.told, d.onset, d.level = at, at, p
	d.alert(raise, at)
}

func (d *battery) clear(at time.Time) {
	if d.since.IsZero() {
		return
	}
	d.alert(clear, at)
	d.since, d.told, d.onset, d.level = time.Time{}, time.Time{}, time.Time{}, 0
}

func (d *battery) alert(c change, at time.Time) {
	features := append(slices.Clone(d.why), care.Feature{Name: "days_told", Value: math.Floor(at.Sub(d.since).Hours() / 24), Unit: "d"})
	d.out = append(d.out, d.announce(care.BatteryLow, c, d.level, d.onset, at, ruled(care.Evidence{Rule: batteryRule, Metric: care.BatteryLevel, Features: features},
		care.Feature{Name: "days_left", Value: batteryWarn, Unit: "d"}, care.Feature{Name: "overdue", Value: batteryOverdue.Hours() / 24, Unit: "d"})))
}
