package detect

import (
	"encoding/json"
	"errors"
	"math"
	"time"

	"osmanthus/care"
)

// baselineState is what of a baseline outlives a restart: the days, and the
// present day as it was at the last full hour, so that a file is written once an
// hour and not with every reading.
type baselineState struct {
	Day    int64           `json:"day"`
	Soon   int             `json:"soon"`
	Book   daybook         `json:"book"`
	Trends []trendState    `json:"trends"`
	Source []care.SourceID `json:"source"`
}

// trendState is a trend; -1 stands for a day that is not known.
type trendState struct {
	trend
	Values []float64 `json:"days"`
}

func (d *baseline) key() string { return "baseline/1" }

func (d *baseline) save() any {
	s := baselineState{Day: d.day, Soon: d.soon, Book: d.copied}
	for h, t := range d.trends {
		v := make([]float64, len(t.Days))
		for i, x := range t.Days {
			if v[i] = x; math.IsNaN(x) {
				v[i] = -1
			}
		}
		s.Trends = append(s.Trends, trendState{t, v})
		s.Source = append(s.Source, d.sources[h])
	}
	return s
}

func (d *baseline) load(raw json.RawMessage, _ outage) error {
	s := baselineState{Book: newDaybook()}
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	if len(s.Trends) != habits || len(s.Source) != habits || s.Day < 0 || s.Soon < 0 || s.Soon > driftQuiet || !s.Book.sane() {
		return errors.New("no days that can be")
	}
	var trends [habits]trend
	for h, t := range s.Trends {
		if len(t.Values) != len(t.Days) || !(t.Up >= 0 && t.Down >= 0 && t.Varies >= 0) || t.Learnt < 0 || t.Learnt > variesDays {
			return errors.New("a trend that cannot be")
		}
		for i, v := range t.Values {
			if t.Days[i] = v; v == -1 {
				t.Days[i] = math.NaN()
			} else if !(v >= 0 && v <= 1000) {
				return errors.New("a day that cannot be")
			}
		}
		trends[h] = t.trend
	}
	d.day, d.soon, d.trends = s.Day, s.Soon, trends
	copy(d.sources[:], s.Source)
	d.book, d.copied = s.Book, s.Book
	d.from, d.until = time.Time{}, time.Time{}
	if s.Day > 0 { // the same day goes on
		noon := time.Unix(s.Day*86400, 0).UTC()
		_, d.from, d.until = dayOf(time.Date(noon.Year(), noon.Month(), noon.Day(), 13, 0, 0, 0, d.zone), d.zone)
	}
	return nil
}

// sane reports whether a day that was read has numbers that a day can have.
func (d *daybook) sane() bool {
	fresh := newDaybook()
	sum := 0
	for _, n := range d.Breath.Bins {
		sum += int(n)
	}
	for _, n := range d.Pulse.Bins {
		sum += int(n)
	}
	const most = 1 << 20 // a clock that goes to and fro counts minutes twice
	count := func(n int) bool { return n >= 0 && n <= most }
	return sum == d.Breath.N+d.Pulse.N && d.Breath.Low == fresh.Breath.Low && d.Breath.Wide == fresh.Breath.Wide &&
		d.Pulse.Low == fresh.Pulse.Low && d.Pulse.Wide == fresh.Pulse.Wide && d.Active >= 0 && finite(d.Active) &&
		count(d.ActiveN) && d.Bed.sane()
}
