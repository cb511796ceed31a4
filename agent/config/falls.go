package config

import "time"

// Borders of what is configured about falls; detect.FallPolicy says why.
const (
	maxWellWindow = Duration(28 * time.Second)
	minLongLie    = Duration(time.Minute)
	maxLongLie    = Duration(time.Hour)
)

// falls judges what one resident says about falls.
func (j *judgement) falls(place at, r Resident) {
	if r.WellWindow < 0 || r.WellWindow > maxWellWindow {
		j.bad(append(place, "well_window"), "%v is not between 0s and %v: a fall is confirmed within 30 s", r.WellWindow, maxWellWindow)
	}
	if (r.LongLie != 0 || j.zero(append(place, "long_lie"))) && (r.LongLie < minLongLie || r.LongLie > maxLongLie) {
		j.bad(append(place, "long_lie"), "%v is not between %v and %v", r.LongLie, minLongLie, maxLongLie)
	}
}
