package api

import "time"

// Board is everything that a nurse station shows at once.
type Board struct {
	Now       time.Time       `json:"now" doc:"The server's clock"`
	Site      string          `json:"site"`
	Residents []BoardResident `json:"residents" nullable:"false"`
	Alarms    []Alarm         `json:"alarms" nullable:"false" doc:"Open alarms: the most urgent first, the oldest of a priority first"`
	Gateways  []Gateway       `json:"gateways" nullable:"false"`
	// LittleWorn are residents who have a band and are hardly protected by it.
	LittleWorn []string `json:"little_worn" nullable:"false" doc:"Residents who wore their band for less than half of the last seven days, the least worn first"`
}

// BoardResident is one tile of the board.
type BoardResident struct {
	Resident
	Vitals      []Vital `json:"vitals" nullable:"false"`
	Signs       []Vital `json:"signs" nullable:"false" doc:"What sensors of the rooms say, and a band of whether it is worn: doors, movement, presence, air"`
	BedOccupied *bool   `json:"bed_occupied" doc:"null: not known now"`
	OpenAlarms  []int64 `json:"open_alarms" nullable:"false"`
	Watched     Watched `json:"watched"`
}

// Vital is the latest value of one metric, with its age.
type Vital struct {
	Metric      string     `json:"metric"`
	Unit        string     `json:"unit" doc:"UCUM"`
	Value       *float64   `json:"value" doc:"null: there is no value that may be shown"`
	Quality     int        `json:"quality" minimum:"0" maximum:"100"`
	At          *time.Time `json:"at,omitempty" doc:"When it was measured"`
	AgeS        float64    `json:"age_s" doc:"Seconds since it was measured, by the server's clock"`
	Stale       bool       `json:"stale" doc:"Too old to be trusted as the present value"`
	Implausible bool       `json:"implausible" doc:"Outside of what a living person can have, or stuck"`
}

// Watched says whether a resident is watched now, and if not, why.
type Watched struct {
	Protected bool   `json:"protected"`
	Reason    string `json:"reason" enum:",no_gateway,gateway_lost,no_data,source_stale,sensor_fault,line_fault,not_worn" doc:"Empty when protected"`
}

// Gateway is one gateway and whether it speaks.
type Gateway struct {
	ID       string     `json:"id"`
	Online   bool       `json:"online"`
	LastSeen *time.Time `json:"last_seen,omitempty"`
}
