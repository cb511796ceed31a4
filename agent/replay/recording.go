package replay

import (
	"fmt"
	"slices"
	"time"

	"osmanthus/agent/detect"
	"osmanthus/care"
)

// Recording is in memory what a CSV file is on a disk.
type Recording struct {
	Name    string  // stands for the name of the file
	Rate    float64 // samples a second; 0 where the column t tells
	Columns []Column
}

// Column is one column of a Recording: numbers, or words. All columns of a
// recording are of one length.
type Column struct {
	Name   string // as in the header of a file of this kind
	Values []float64
	Texts  []string // instead of Values
}

// Len is the number of rows.
func (r *Recording) Len() int {
	if len(r.Columns) == 0 {
		return 0
	}
	return max(len(r.Columns[0].Values), len(r.Columns[0].Texts))
}

// Options say how a Recording is played. The zero value plays it as the
// command does without flags.
type Options struct {
	Profile string             // the text of a profile
	Alter   func(*detect.Plan) // changes the plan before it is watched: to try another model
}

// Outcome is all that was said about a Recording.
type Outcome struct {
	Alerts   []care.Alert
	Readings []care.Reading
	Seconds  float64 // of the recording at its end
	Bad      int     // records that were refused
}

// Play plays a recording of a kind, by its name in -kind, through an engine of
// its own: by the same way as the command plays a file.
func Play(kindName string, r Recording, o Options) (Outcome, error) {
	k, err := findKind(kindName)
	if err != nil {
		return Outcome{}, err
	}
	var p profile
	if o.Profile != "" {
		if p, err = parseProfile(o.Profile); err != nil {
			return Outcome{}, fmt.Errorf("replay: reading the profile: %w", err)
		}
	}
	plan := p.plan(k)
	if o.Alter != nil {
		o.Alter(&plan)
	}
	t := &table{memory: &r, line: 1}
	for _, c := range r.Columns {
		if len(c.Values)+len(c.Texts) != r.Len() {
			return Outcome{}, fmt.Errorf("replay: %s: column %q is not as long as the first", r.Name, c.Name)
		}
		t.header = append(t.header, c.Name)
	}
	var heard Outcome
	player := &player{file: r.Name, kind: k, rate: r.Rate, out: &heard, ticked: epoch}
	err = player.play(t, plan)
	heard.Seconds = player.last
	return heard, err
}

// Seconds turns the time of an alert or a reading into seconds of its
// recording.
func Seconds(at time.Time) float64 { return since(at) }

var _ ear = (*Outcome)(nil)

func (o *Outcome) reading(_ string, r care.Reading) { o.Readings = append(o.Readings, r) }
func (o *Outcome) bad(string, int, error)           { o.Bad++ }
func (o *Outcome) note(string, string)              {}

func (o *Outcome) alert(_ string, a care.Alert) {
	a.Evidence.Features = slices.Clone(a.Evidence.Features) // a detector may use them again
	a.Evidence.Limits = slices.Clone(a.Evidence.Limits)
	o.Alerts = append(o.Alerts, a)
}
