package detect

import (
	"time"

	"osmanthus/care"
)

const (
	baselineRule = "baseline/3"
	// dayJump is how many days a clock may jump ahead before a resident is
	// learned anew, and dayBack how many it may be set back.
	dayJump, dayBack = 60, 2
)

// baseline learns how one resident lives and notes what changes slowly. A note
// is read some day: it is never an alarm. See baseline.md.
type baseline struct {
	resident care.ResidentID
	zone     *time.Location
	day      int64     // the present day's number, see dayOf; 0 before the first
	from     time.Time // noon, at which it began
	until    time.Time // noon, at which it ends
	book     daybook
	hour     int64   // of the copy
	copied   daybook // as it was at the last full hour, which is what is kept
	trends   [habits]trend
	soon     int                   // days for which other habits have to drift more
	sources  [habits]care.SourceID // who spoke last of it
	out      []care.Alert
}

func newBaseline(p Plan, resident care.ResidentID) *baseline {
	d := &baseline{resident: resident, zone: p.Zone, book: newDaybook(), copied: newDaybook()}
	if d.zone == nil {
		d.zone = time.UTC
	}
	for i := range d.trends {
		d.trends[i] = newTrend()
	}
	return d
}

func (d *baseline) Block(*care.Block) []care.Alert { return nil }

// Reading takes a value that a habit is made of, where it belongs to the present
// day. What comes late does not change a day that is over.
func (d *baseline) Reading(r care.Reading) []care.Alert {
	h, ok := habitOf(r.Metric)
	if !ok || r.Flags&(care.OutOfRange|care.Stuck) != 0 || r.Quality < Believed || !finite(r.Value) ||
		r.At.Before(d.from) || !r.At.Before(d.until) {
		return nil
	}
	d.sources[h] = r.Source
	if h == timeInBed {
		d.sources[nightExits] = r.Source
	}
	d.book.take(r, d.zone)
	return nil
}

func habitOf(m care.Metric) (habit, bool) {
	switch m {
	case care.RespiratoryRate:
		return nightBreath, true
	case care.HeartRate, care.PulseRate:
		return nightPulse, true
	case care.BedOccupancy:
		return timeInBed, true
	case care.Activity:
		return dayActivity, true
	}
	return 0, false
}

// Tick ends a day at noon.
func (d *baseline) Tick(at time.Time) []care.Alert {
	if !care.ClockSet(at) {
		return nil
	}
	d.out = d.out[:0]
	if at.Before(d.from) || !at.Before(d.until) {
		d.turn(at)
	}
	if hour := at.Unix() / 3600; hour != d.hour {
		d.hour, d.copied = hour, d.book
	}
	return d.out
}

// dayOf returns the number of the day that a moment belongs to, and the noons
// between which it lies.
func dayOf(at time.Time, zone *time.Location) (number int64, from, until time.Time) {
	y, m, day := at.In(zone).Date()
	if at.In(zone).Hour() < 12 {
		day--
	}
	// As a date of UTC, where every day has 24 hours.
	number = time.Date(y, m, day, 0, 0, 0, 0, time.UTC).Unix() / 86400
	return number, time.Date(y, m, day, 12, 0, 0, 0, zone), time.Date(y, m, day+1, 12, 0, 0, 0, zone)
}

// turn ends the days that are over at a time.
func (d *baseline) turn(at time.Time) {
	number, from, until := dayOf(at, d.zone)
	ahead := number - d.day
	switch {
	case d.day != 0 && ahead < 0 && ahead >= -dayBack:
		return // the clock was set back across noon: wait
	case d.day == 0:
		d.book = newDaybook()
	case ahead < 0 || ahead > dayJump: // the clock was wrong, before or now: learn anew
		d.book = newDaybook()
		for i := range d.trends {
			d.trends[i] = newTrend()
		}
	case ahead > 0:
		d.book.Bed.count(d.until, d.zone)
		d.close(d.book.sum(), at)
		bed := d.book.Bed
		bed.turn(from)
		d.book = newDaybook()
		d.book.Bed = bed
		fresh := newDaybook()
		missing := fresh.sum()
		for range ahead - 1 {
			d.close(missing, at)
		}
	}
	d.day, d.from, d.until = number, from, until
	d.hour, d.copied = at.Unix()/3600, d.book
}

// close takes the habits of a day into the trends. What drifts on the same day is
// one note.
func (d *baseline) close(h [habits]float64, at time.Time) {
	var found [habits]drift
	most := habit(habits)
	for i := range d.trends {
		f, ok := d.trends[i].add(habit(i), h[i], d.soon > 0)
		if !ok {
			continue
		}
		found[i] = f
		if most == habits || f.share(habit(i)) > found[most].share(most) {
			most = habit(i)
		}
	}
	d.soon = max(d.soon-1, 0)
	if most < habits {
		d.soon = driftQuiet
		d.note(most, found, at)
	}
}

var (
	habitMetrics = [habits]care.Metric{care.RespiratoryRate, care.PulseRate, care.BedOccupancy, 0, care.Activity}
	habitNames   = [habits]string{"night_respiratory_rate", "night_pulse_rate", "time_in_bed", "night_bed_exits", "day_activity"}
)

// note says which habits drifted; most is the one that did most. The limit of
// the same name is what was usual.
func (d *baseline) note(most habit, found [habits]drift, at time.Time) {
	e := care.Evidence{Rule: baselineRule, Metric: habitMetrics[most]}
	if e.Metric != 0 {
		e.Value, e.Limit = found[most].now, found[most].base
	}
	for h, f := range found {
		if f.days == 0 {
			continue
		}
		unit := "1"
		if info, ok := habitMetrics[h].Info(); ok {
			unit = info.Unit
		}
		times := 1.0
		if habit(h) == timeInBed { // people count it in hours
			unit, times = "h", 24
		}
		name := habitNames[h]
		e.Features = append(e.Features, care.Feature{Name: name, Value: times * f.now, Unit: unit})
		e.Limits = append(e.Limits, care.Feature{Name: name, Value: times * f.base, Unit: unit},
			care.Feature{Name: "spread_" + name, Value: times * f.spread, Unit: unit},
			care.Feature{Name: "days_" + name, Value: float64(f.days), Unit: "d"})
	}
	onset := at.Add(-baselineLag * 24 * time.Hour)
	source := d.sources[most]
	d.out = append(d.out, care.Alert{
		Episode: care.NewEpisode(care.Drift, d.resident, source, e.Metric, onset), Kind: care.Drift,
		State: care.Confirmed, Priority: care.Low, Resident: d.resident, Source: source,
		Onset: onset, At: at, Confidence: 1, Evidence: e,
	})
}
