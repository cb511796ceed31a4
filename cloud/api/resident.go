package api

import "time"

// Resident is a person who is watched. The id is the pseudonym that gateways
// and the readings store know; the name is known here only.
type Resident struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Place   string `json:"place" doc:"Ward or floor"`
	Room    string `json:"room"`
	Bed     string `json:"bed"`
	Gateway string `json:"gateway" doc:"The gateway in whose reach the resident lives"`
}

// Series is the course of one metric. Points are evenly spaced; one without a
// value is a gap and must be drawn as a gap.
type Series struct {
	Metric string  `json:"metric"`
	Unit   string  `json:"unit" doc:"UCUM"`
	EveryS int     `json:"every_s" doc:"Seconds between points"`
	Points []Point `json:"points" nullable:"false"`
}

// Point is the mean of one interval, which begins at At.
type Point struct {
	At      time.Time `json:"at"`
	Value   *float64  `json:"value" doc:"null: nothing was measured"`
	Min     *float64  `json:"min"`
	Max     *float64  `json:"max"`
	Quality *float64  `json:"quality" doc:"Mean quality, 0 to 100"`
}

// ReadingQuery selects a course of readings.
type ReadingQuery struct {
	Resident string
	Metric   string
	From, To time.Time
	Every    time.Duration
}
