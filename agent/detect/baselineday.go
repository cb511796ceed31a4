package detect

import (
	"math"
	"math/bits"
	"time"

	"osmanthus/care"
)

// habit is one number that sums up a resident's day.
type habit uint8

// The habits. A day goes from noon to noon by the clock on the wall, so that a
// night belongs to one day.
const (
	nightBreath habit = iota // median breathing rate from 22 to 6, /min
	nightPulse               // median pulse from 22 to 6, /min
	timeInBed                // share of the day in bed
	nightExits               // how often the bed was left from 22 to 6 for at least a minute
	dayActivity              // mean activity from 8 to 20, g
	habits      = 5
)

var (
	restHours  = Night
	awakeHours = Hours{From: 8 * time.Hour, To: 20 * time.Hour}
)

const (
	// A habit of a day counts only where enough of it was seen: a rate in so many
	// minutes of so many of the night's eight hours, activity likewise of the
	// twelve by day, the bed for so long.
	nightMinutes = 8
	nightHours   = 4
	awakeMinutes = 24
	awakeSeen    = 6
	bedSeconds   = 20 * 3600
	bedNight     = 6 * 3600
)

// daybook gathers one day. It takes one value a minute of each rate and of
// activity, so that a sensor that speaks often weighs no more than one that does
// not.
type daybook struct {
	Breath  histogram `json:"breath"`
	Pulse   histogram `json:"pulse"`
	Active  float64   `json:"active"` // sum over minutes
	ActiveN int       `json:"active_n"`
	ActiveH uint32    `json:"active_h"` // hours of the wall, a bit each
	Bed     bedtime   `json:"bed"`

	minute [3]int64 // the last of breath, pulse, activity that was taken
}

// histogram is a histogram of a rate, so that a median needs no list.
type histogram struct {
	Low  float64     `json:"low"`  // of the first bin
	Wide float64     `json:"wide"` // of each
	N    int         `json:"n"`
	Seen uint32      `json:"seen"` // hours of the wall, a bit each
	Bins [128]uint16 `json:"bins"`
}

func newDaybook() daybook {
	return daybook{Breath: histogram{Low: 4, Wide: 0.25}, Pulse: histogram{Low: 30, Wide: 1}, Bed: newBedtime()}
}

func (t *histogram) add(v float64, hour int) {
	t.Seen |= 1 << hour
	i := int(math.Floor((v - t.Low) / t.Wide))
	i = min(max(i, 0), len(t.Bins)-1)
	if t.Bins[i] < math.MaxUint16 {
		t.Bins[i]++
		t.N++
	}
}

func (t *histogram) enough() bool {
	return t.N >= nightMinutes && bits.OnesCount32(t.Seen) >= nightHours
}

// median returns the middle, taking the values of a bin as spread over it.
func (t *histogram) median() float64 {
	half, seen := float64(t.N)/2, 0.0
	for i, n := range t.Bins {
		if f := float64(n); f > 0 && seen+f >= half {
			return t.Low + t.Wide*(float64(i)+(half-seen)/f)
		}
		seen += float64(n)
	}
	return math.NaN()
}

// take takes a reading that is to be believed.
func (d *daybook) take(r care.Reading, zone *time.Location) {
	m := minuteOf(r.At)
	fresh := func(k int) bool { // the first value of this minute
		if d.minute[k] == m {
			return false
		}
		d.minute[k] = m
		return true
	}
	switch r.Metric {
	case care.RespiratoryRate:
		if fresh(0) && restHours.Hold(r.At, zone) {
			d.Breath.add(r.Value, r.At.In(zone).Hour())
		}
	case care.HeartRate, care.PulseRate:
		if fresh(1) && restHours.Hold(r.At, zone) {
			d.Pulse.add(r.Value, r.At.In(zone).Hour())
		}
	case care.Activity:
		if fresh(2) && awakeHours.Hold(r.At, zone) {
			d.Active += r.Value
			d.ActiveN++
			d.ActiveH |= 1 << r.At.In(zone).Hour()
		}
	case care.BedOccupancy:
		d.Bed.take(r.Value >= 0.5, r.At, zone)
	}
}

// sum returns the habits of a day that is over, NaN where too little was seen.
func (d *daybook) sum() (h [habits]float64) {
	for i := range h {
		h[i] = math.NaN()
	}
	if d.Breath.enough() {
		h[nightBreath] = d.Breath.median()
	}
	if d.Pulse.enough() {
		h[nightPulse] = d.Pulse.median()
	}
	if d.Bed.Seen >= bedSeconds {
		h[timeInBed] = d.Bed.InBed / d.Bed.Seen
	}
	if d.Bed.AtNight >= bedNight {
		h[nightExits] = float64(d.Bed.Exits)
	}
	if d.ActiveN >= awakeMinutes && bits.OnesCount32(d.ActiveH) >= awakeSeen {
		h[dayActivity] = d.Active / float64(d.ActiveN)
	}
	return h
}
