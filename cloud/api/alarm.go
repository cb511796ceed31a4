package api

import "time"

// Alarm is one occurrence that people are called for, with all that is known
// about it: who, where, since when, why, and what was done.
type Alarm struct {
	ID       int64  `json:"id" doc:"Number of the alarm in this house"`
	Episode  string `json:"episode" doc:"The occurrence, as the gateway names it: 32 hexadecimal digits"`
	Kind     string `json:"kind" enum:"fall,long_lie,bed_exit,bed_edge,bed_not_back,not_turned,call,vital_high,vital_low,apnoea,early_warning,bathroom_long,no_movement,door_at_night,wandering,source_stale,line_fault,sensor_fault,implausible,gateway_lost,smoke,gas,carbon_monoxide,water_leak,water_running,water_unused,power_lost,battery_low,radio_fault,not_worn,room_hot,room_cold,drift,other"`
	Priority string `json:"priority" enum:"high,medium,low"`
	State    string `json:"state" enum:"suspected,raised,acknowledged,on_site,closed" doc:"A suspected alarm is shown and does not ring"`

	Technical bool `json:"technical" doc:"About the watching, not about a person; closes by itself when its cause is gone"`
	Ringing   bool `json:"ringing" doc:"Nobody has acknowledged it: a station must sound"`

	Resident     string `json:"resident" doc:"Pseudonym; empty where it is about no resident"`
	ResidentName string `json:"resident_name"`
	Place        string `json:"place" doc:"Ward or floor"`
	Room         string `json:"room"`
	Bed          string `json:"bed"`
	Gateway      string `json:"gateway"`
	Source       string `json:"source" doc:"The sensor that noticed it"`
	SourcePlace  string `json:"source_place" doc:"Where that sensor is, as the home calls it; empty where nobody said"`

	Onset     time.Time `json:"onset" doc:"When it began: the impact, the first value over the limit"`
	DecidedAt time.Time `json:"decided_at" doc:"When the detector decided"`
	RaisedAt  time.Time `json:"raised_at" doc:"When the cloud recorded it"`

	Confidence float64  `json:"confidence" minimum:"0" maximum:"1"`
	Evidence   Evidence `json:"evidence"`

	ConditionEndedAt *time.Time `json:"condition_ended_at,omitempty" doc:"When the gateway said that the condition is over; an alarm about a person stays open all the same"`
	RespondBy        *time.Time `json:"respond_by,omitempty" doc:"Until when somebody must be on site; it rings again when nobody is"`
	Acknowledged     *Mark      `json:"acknowledged,omitempty"`
	OnSite           *Mark      `json:"on_site,omitempty"`
	Closed           *Closing   `json:"closed,omitempty"`
	Displayed        []Mark     `json:"displayed" nullable:"false" doc:"Stations that have shown it, first times only"`
	History          []Step     `json:"history" nullable:"false" doc:"Every transition, in order"`
}

// Mark is who did something, when and from which station.
type Mark struct {
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Station string    `json:"station"`
}

// Closing is how an alarm ended.
type Closing struct {
	By             string    `json:"by"`
	ByKind         string    `json:"by_kind" enum:"gateway,person,system"`
	At             time.Time `json:"at"`
	Station        string    `json:"station"`
	Resolution     string    `json:"resolution" enum:"helped,false_alarm,test,other,cleared"`
	Note           string    `json:"note"`
	OverrideReason string    `json:"override_reason" doc:"Why it was closed without proof of presence at the bedside"`
}

// Step is one transition in an alarm's history.
type Step struct {
	At         time.Time `json:"at"`
	Actor      string    `json:"actor" doc:"Name of a person, id of a gateway, or the part of the system"`
	ActorKind  string    `json:"actor_kind" enum:"gateway,person,system"`
	Transition string    `json:"transition" enum:"suspected,raised,acknowledged,on_site,closed,condition_ended,displayed,priority_raised,overdue"`
	Station    string    `json:"station"`
	Note       string    `json:"note"`
}

// Evidence is why the detector decided so.
type Evidence struct {
	Rule     string    `json:"rule" doc:"Rule and version, as in fall/1"`
	Hash     string    `json:"hash" doc:"Of the rule with its limits and its model, hexadecimal; empty where there is none"`
	Clock    string    `json:"clock" enum:",unsynced,holdover,synced" doc:"How far the gateway's clock could be trusted; empty where it did not say"`
	Metric   string    `json:"metric" doc:"The metric that crossed its limit; empty where none did"`
	Unit     string    `json:"unit" doc:"UCUM unit of value and limit"`
	Value    float64   `json:"value"`
	Limit    float64   `json:"limit"`
	Features []Feature `json:"features" nullable:"false"`
	Limits   []Feature `json:"limits" nullable:"false" doc:"What else the rule compares with"`
	Signal   *Signal   `json:"signal,omitempty" doc:"The signal around it; only where one alarm is read"`
}

// Signal is a short stretch of what a sensor measured.
type Signal struct {
	Start    time.Time `json:"start" doc:"Of the first sample"`
	Rate     float64   `json:"rate" doc:"Samples a second; 0 where offsets says when they were"`
	Offsets  []float64 `json:"offsets" nullable:"false" doc:"Seconds of each sample after start; empty where they are even"`
	Channels []Channel `json:"channels" nullable:"false"`
}

// Channel is what one axis or light of a sensor measured.
type Channel struct {
	Name   string     `json:"name" doc:"As in ax, ir, breathing or heart_rate"`
	Unit   string     `json:"unit" doc:"UCUM"`
	Values []*float64 `json:"values" nullable:"false" doc:"null where nothing was measured"`
}

// Note is something about a resident to be read some day: it never rang, and
// nobody has to answer it.
type Note struct {
	ID        int64     `json:"id"`
	Kind      string    `json:"kind" enum:"drift,other"`
	Onset     time.Time `json:"onset" doc:"When it began"`
	DecidedAt time.Time `json:"decided_at"`
	Source    string    `json:"source"`
	Evidence  Evidence  `json:"evidence"`
}

// Feature is one number that the detector looked at.
type Feature struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit" doc:"UCUM"`
}

// AlarmFilter selects alarms; the newest come first.
type AlarmFilter struct {
	OpenOnly bool
	Resident string // "" for all
	Limit    int
}

// Act is what a person does about an alarm.
type Act struct {
	Do             string // acknowledge, on-site, close or displayed
	By             string
	Station        string
	Resolution     string
	Note           string
	OverrideReason string
	At             time.Time
}
