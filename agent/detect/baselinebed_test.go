package detect

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"osmanthus/care"
)

// inBedNow is somebody who goes to bed at 22:00, is up from 2:00 to 2:10, and
// rises at 7:00.
func inBedNow(at time.Time) bool {
	h, m, _ := at.Clock()
	return (h >= 22 || h < 7) && (h != 2 || m >= 10)
}

// bedSensor is a sensor of that bed.
type bedSensor struct {
	every    time.Duration // how often it speaks beside of changes; 0: never
	from, to int           // hours of the ten days between which nothing of it is heard
	ends     int           // days after which it is dead; 0: never
	restart  int           // hours after noon at which the agent starts anew each day; 0: never
}

// live plays ten days and returns the baseline at the end of the last.
func (s bedSensor) live(t *testing.T) *baseline {
	t.Helper()
	const step = 30 * time.Second
	d := newBaseline(Plan{}, "r-1")
	first := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	was, spoke := -1.0, time.Time{}
	for at := first; at.Before(first.AddDate(0, 0, 10)); at = at.Add(step) {
		d.Tick(at)
		hours := at.Sub(first).Hours()
		if s.restart > 0 && math.Mod(hours, 24) == float64(s.restart) {
			raw, err := json.Marshal(d.save())
			if err != nil {
				t.Fatal(err)
			}
			d = newBaseline(Plan{}, "r-1")
			if err := d.load(raw, outage{}); err != nil {
				t.Fatal(err)
			}
		}
		now := 0.0
		if inBedNow(at) {
			now = 1
		}
		changed := now != was
		was = now
		if s.ends > 0 && hours >= 24*float64(s.ends) || hours >= float64(s.from) && hours < float64(s.to) {
			continue
		}
		if changed || s.every > 0 && at.Sub(spoke) >= s.every {
			spoke = at
			d.Reading(care.NewReading("r-1", "bed", care.BedOccupancy, now, 100, at))
		}
	}
	d.book.Bed.count(d.until, time.UTC)
	return d
}

func TestD9_ABedIsCountedHoweverOftenItSpeaks(t *testing.T) {
	for _, c := range []struct {
		name        string
		sensor      bedSensor
		seen, inBed float64 // h
		exits       int
	}{
		{"twice a minute", bedSensor{every: 30 * time.Second}, 24, 8.83, 1},
		{"every ten minutes", bedSensor{every: 10 * time.Minute}, 24, 8.83, 1},
		{"every hour", bedSensor{every: time.Hour}, 24, 8.83, 1},
		{"of changes only", bedSensor{}, 24, 8.83, 1},
		{"of changes only, restarts at midnight", bedSensor{restart: 12}, 24, 8.83, 1},
		{"twice a minute, restarts at midnight", bedSensor{every: 30 * time.Second, restart: 12}, 24, 8.83, 1},
		{"twice a minute, lost from 18 to 23 o'clock", bedSensor{every: 30 * time.Second, from: 9*24 + 6, to: 9*24 + 11}, 19.1, 7.83, 1},
		{"dead for three days", bedSensor{every: 30 * time.Second, ends: 7}, 0, 0, 0},
		{"of changes only, dead for three days", bedSensor{ends: 7}, 0, 0, 0},
	} {
		b := &c.sensor.live(t).book.Bed
		if math.Abs(b.Seen/3600-c.seen) > 0.1 || math.Abs(b.InBed/3600-c.inBed) > 0.1 || b.Exits != c.exits {
			t.Errorf("%s: %.2f h seen, %.2f h in bed, %d exits; want %v, %v, %d", c.name, b.Seen/3600, b.InBed/3600, b.Exits, c.seen, c.inBed, c.exits)
		}
	}
}

func TestD9_ADayOfActivityCountsWhereEnoughHoursWereSeen(t *testing.T) {
	eight := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		every time.Duration
		hours int
		known bool
	}{
		{"every ten seconds", 10 * time.Second, 12, true},
		{"every ten minutes", 10 * time.Minute, 12, true},
		{"worn for six hours", 10 * time.Second, 6, true},
		{"worn for five hours", 10 * time.Second, 5, false},
		{"once an hour", time.Hour, 12, false},
	} {
		d := newDaybook()
		for at := eight; at.Before(eight.Add(time.Duration(c.hours) * time.Hour)); at = at.Add(c.every) {
			d.take(care.NewReading("r-1", "band", care.Activity, 0.05, 100, at), time.UTC)
		}
		if v := d.sum()[dayActivity]; c.known && math.Abs(v-0.05) > 1e-9 || !c.known && !math.IsNaN(v) {
			t.Errorf("%s: %v", c.name, v)
		}
	}
}
