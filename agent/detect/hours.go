package detect

import (
	"fmt"
	"time"
)

// clockJump is how far two ticks lie apart of a clock that was set between them.
const clockJump = 10 * time.Minute

// jumped returns by how much the clock was set between two ticks, 0 where it was
// not.
func jumped(last, at time.Time) time.Duration {
	if step := at.Sub(last); !last.IsZero() && (step < -time.Second || step > clockJump) {
		return step
	}
	return 0
}

// Hours is a part of the local day by the clock on the wall: from From until
// just before To, both counted from 00:00. Where From is later than To it
// passes midnight. The zero value is the whole day, as From = To is.
//
// In the night in which the clocks change an hour of the wall does not exist,
// or comes twice; it belongs to the part of the day that the wall shows.
type Hours struct {
	From, To time.Duration
}

// Night is the part of the day that counts as night where nothing else is said.
var Night = Hours{From: 22 * time.Hour, To: 6 * time.Hour}

// Hold reports whether a moment lies in the hours, in a zone; nil means UTC.
func (h Hours) Hold(at time.Time, zone *time.Location) bool {
	if h.From == h.To {
		return true
	}
	if zone == nil {
		zone = time.UTC
	}
	hour, minute, second := at.In(zone).Clock()
	wall := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	if h.From < h.To {
		return h.From <= wall && wall < h.To
	}
	return h.From <= wall || wall < h.To
}

// rest is how much of a day without a change of the clocks lies outside of the
// hours.
func (h Hours) rest() time.Duration {
	const day = 24 * time.Hour
	return (h.From - h.To + day) % day
}

// check says what is wrong with the hours.
func (h Hours) check() error {
	const day = 24 * time.Hour
	if h.From < 0 || h.From > day || h.To < 0 || h.To > day {
		return fmt.Errorf("hours from %v to %v: want times of a day", h.From, h.To)
	}
	return nil
}
