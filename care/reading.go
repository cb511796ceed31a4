package care

import "time"

// SiteID, GatewayID, ResidentID and SourceID are pseudonyms: they travel and
// are stored, and say nothing about a person by themselves.
type (
	SiteID     string
	GatewayID  string
	ResidentID string
	SourceID   string // one sensor at one place, "wrist-03"
)

// Reading is one value of one metric, of one resident, from one source.
type Reading struct {
	Resident ResidentID // "" for what belongs to no resident
	Source   SourceID
	Metric   Metric
	Value    float64   // in the unit of the metric
	Quality  Quality   // how far the value may be trusted
	Flags    Flags     // what is wrong with it, if anything
	At       time.Time // when it was measured, to the millisecond
}

// Quality is 0 (worthless) to 100 (as good as the sensor can be).
type Quality uint8

// Flags say what is wrong with a reading. It is carried all the same.
type Flags uint8

const (
	// OutOfRange: the value lies outside the plausible range of its metric.
	OutOfRange Flags = 1 << iota
	// Stuck: the value has not moved for longer than a living value can rest.
	Stuck
	// AfterGap: samples were lost between this reading and the one before.
	AfterGap
	// Simulated: a model made it, not a person.
	Simulated
	// Partial: a score of which inputs are missing or old. The value is the
	// least that it can be, and must never be shown as the whole score.
	Partial
	// Backfilled: a device kept it and handed it out later. It is true of its
	// time, and judged by no rule as if it were now.
	Backfilled
)

// TimeQuality says how far the time of a message may be trusted.
type TimeQuality uint8

const (
	// TimeUnsynced: the clock was never set since power-on; gateways have no
	// clock battery.
	TimeUnsynced TimeQuality = iota
	// TimeHoldover: it was set, and the last synchronisation is long ago.
	TimeHoldover
	// TimeSynced: the clock is synchronised.
	TimeSynced
)

// String returns "unsynced", "holdover" or "synced".
func (q TimeQuality) String() string {
	switch q {
	case TimeUnsynced:
		return "unsynced"
	case TimeHoldover:
		return "holdover"
	case TimeSynced:
		return "synced"
	}
	return unknown("time-quality", uint64(q))
}

// firstYear is older than any release of this software.
const firstYear = 2025

// ClockSet reports whether a clock that shows at was ever set: gateways have no
// clock battery and begin in 1970.
func ClockSet(at time.Time) bool { return at.Year() >= firstYear }

// NewReading makes a reading whose value is rounded to the metric's digits and
// whose time is cut to the millisecond; an implausible value gets its flag.
func NewReading(resident ResidentID, source SourceID, m Metric, v float64, q Quality, at time.Time) Reading {
	r := Reading{Resident: resident, Source: source, Metric: m, Value: v, Quality: q, At: at.UTC().Truncate(time.Millisecond)}
	if info, ok := m.Info(); ok {
		r.Value = info.Quantize(v)
		if !info.Plausible(r.Value) {
			r.Flags |= OutOfRange
		}
	}
	return r
}
