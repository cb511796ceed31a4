package gatt

import (
	"fmt"
	"time"
)

// DateTime is the time of a device's own clock, which knows no zone. A year,
// month or day of 0 is not known.
type DateTime struct {
	Year                             uint16
	Month, Day, Hour, Minute, Second uint8
}

// String returns it as in 2026-11-22T07:30:00.
func (d DateTime) String() string {
	return fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d", d.Year, d.Month, d.Day, d.Hour, d.Minute, d.Second)
}

// MarshalText implements encoding.TextMarshaler.
func (d DateTime) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// In returns the time in a zone, and false where the date is not known.
func (d DateTime) In(zone *time.Location) (time.Time, bool) {
	if d.Year == 0 || d.Month == 0 || d.Day == 0 {
		return time.Time{}, false
	}
	return time.Date(int(d.Year), time.Month(d.Month), int(d.Day), int(d.Hour), int(d.Minute), int(d.Second), 0, zone), true
}

// valid holds the ranges of the date_time characteristic: the calendar begins
// in 1582.
func (d DateTime) valid() bool {
	return (d.Year == 0 || d.Year >= 1582 && d.Year <= 9999) && d.Month <= 12 && d.Day <= 31 &&
		d.Hour < 24 && d.Minute < 60 && d.Second < 60
}
