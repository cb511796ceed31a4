package replay

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"osmanthus/agent/detect"
	"osmanthus/care"
)

const (
	gapLimit = 0.5 // s between two rows from which samples are missing
	blockFor = 0.5 // s that a block holds: as live
	afterEnd = 8   // s of silence after a recording
	// afterValues is the same of values that come now and then.
	afterValues = 30
)

// epoch is the moment at which every recording begins. It only has to be the
// same each time, and a time that a clock which was set can show (see sane):
// before that, detect does not believe that an override still holds.
var epoch = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	resident = care.ResidentID("wearer")
	source   = care.SourceID("recording")
)

// ear hears what a player says of one file or recording.
type ear interface {
	reading(file string, r care.Reading)
	alert(file string, a care.Alert)
	bad(file string, line int, err error)
	note(file, sentence string) // about the file as a whole, to a person
}

// player plays one file or recording.
type player struct {
	file   string
	kind   kind
	rate   float64 // samples a second; 0 where the column t tells
	out    ear
	engine *detect.Engine
	ticked time.Time
	span   time.Duration // a gap that is played second by second, if not tickSpan
	in     bool          // somebody is in the bed
	last   float64
	first  float64 // s at which it began
	began  bool
	played int   // rows that were
	wrong  error // with the first row that was not; nil without one
}

// play plays one file through an engine of its own and returns how many
// seconds it is long, from its first time to its last.
func play(file string, o options, out ear) (float64, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, fmt.Errorf("replay: opening: %w", err)
	}
	defer f.Close()
	t, err := newTable(f)
	if err != nil {
		return 0, fmt.Errorf("replay: %s: %w", file, err)
	}
	p := &player{file: file, kind: o.kind, rate: o.rate, out: out, ticked: epoch}
	err = p.play(t, o.profile.plan(o.kind))
	return p.last - p.first, err
}

// play is the one way of a table through an engine, whatever it was read from.
func (p *player) play(t *table, plan detect.Plan) error {
	var err error
	if p.engine, err = detect.New(plan); err != nil {
		return fmt.Errorf("replay: the profile: %w", err)
	}
	for _, c := range p.kind.columns {
		if t.column(c) < 0 {
			return fmt.Errorf("replay: %s: %w; -kind %s needs %v", p.file, t.lacks(c), p.kind.name, p.kind.columns)
		}
	}
	if t.column("t") < 0 && p.rate == 0 {
		return fmt.Errorf("replay: %s: %w, and -rate is not given", p.file, t.lacks("t"))
	}
	if p.kind.room {
		err = p.room(t, plan)
	} else if p.kind.block == 0 {
		err = p.values(t)
	} else if p.kind.rows {
		err = p.rows(t)
	} else {
		err = p.wave(t)
	}
	if err == nil && p.played == 0 {
		err = p.nothing()
	}
	if err != nil {
		return fmt.Errorf("replay: %s: %w", p.file, err)
	}
	return nil
}

// nothing says why a file of which no row was played is unusable: a score must
// not take it for one in which nothing happened.
func (p *player) nothing() error {
	if p.wrong == nil {
		return errors.New("there are no rows under the header")
	}
	return fmt.Errorf("no row could be played; the first: %w", p.wrong)
}

// at turns seconds of the recording into a time.
func at(seconds float64) time.Time {
	return epoch.Add(time.Duration(math.Round(seconds*1e6)) * time.Microsecond)
}

// sane says what is wrong with a time that cannot be that of a recording.
func sane(seconds float64) error {
	switch {
	case math.Abs(seconds) < 1e8:
		return nil
	case seconds >= 1e9 && seconds < 1e13: // from 2001 on, in seconds or milliseconds
		return fmt.Errorf("column t: %.0f looks like Unix time; t is in seconds from the start of the recording", seconds)
	}
	return fmt.Errorf("column t: %v s is no time of a recording", seconds)
}

// values plays rows of t, metric, value.
func (p *player) values(t *table) error {
	cm, cv := t.column("metric"), t.column("value")
	for c := newClock(t, p.rate, false); ; {
		r, err := c.next()
		if errors.Is(err, io.EOF) {
			p.rest()
			return nil
		}
		if err != nil {
			return err
		}
		p.back(r)
		var m care.Metric
		var v float64
		if r.err == nil {
			var known bool
			if m, known = care.MetricByName(r.text(cm)); !known {
				r.err = fmt.Errorf("column metric: %q is not known", r.text(cm))
			}
			v = r.value(cv, m)
		}
		if r.err != nil {
			p.bad(r)
			continue
		}
		p.tick(r.seconds)
		p.played++
		p.handle(p.engine.Reading(care.NewReading(resident, source, m, v, 100, at(r.seconds))))
	}
}

// rest lets what waits for more values see that there are none.
func (p *player) rest() {
	length := p.last
	p.tick(length + afterValues)
	p.last = length
}

// bad reports a bad row in its place.
func (p *player) bad(r row) {
	if p.wrong == nil {
		p.wrong = fmt.Errorf("line %d: %w", r.line, r.err)
	}
	p.out.bad(p.file, r.line, r.err)
}

// back reports a row before which the time went back. The row is played.
func (p *player) back(r row) {
	if r.back != nil {
		p.out.bad(p.file, r.line, r.back)
	}
}

// reach notes that the recording goes on to a time.
func (p *player) reach(seconds float64) {
	if !p.began {
		p.began, p.first, p.last = true, seconds, seconds
	}
	p.last = max(p.last, seconds)
}

// tick lets the engine know of each second up to a time.
func (p *player) tick(seconds float64) {
	p.reach(seconds)
	now := at(seconds)
	if d := now.Sub(p.ticked); d < 0 || d > max(p.span, tickSpan) {
		p.ticked = now.Truncate(time.Second)
	}
	for p.ticked.Add(time.Second).Before(now) {
		p.ticked = p.ticked.Add(time.Second)
		p.handle(p.engine.Tick(p.ticked))
	}
}

// tickSpan bounds how long a gap is played second by second.
const tickSpan = 24 * time.Hour

// handle passes on what the engine decided.
func (p *player) handle(readings []care.Reading, alerts []care.Alert) {
	for _, r := range readings {
		if r.Metric == care.BedOccupancy && r.Quality >= detect.Believed {
			if in := r.Value >= 0.5; in != p.in {
				p.in = in
				if in {
					p.out.alert(p.file, entered(r))
				}
			}
		}
		p.out.reading(p.file, r)
	}
	for _, a := range alerts {
		p.out.alert(p.file, a)
	}
}

// entered is the event of somebody lying down, which is no alert.
func entered(r care.Reading) care.Alert {
	return care.Alert{
		Episode: care.NewEpisode(care.BedEnter, resident, source, r.Metric, r.At),
		Kind:    care.BedEnter, State: care.Confirmed, Priority: care.Low, Onset: r.At, At: r.At,
		Confidence: float64(r.Quality) / 100, Evidence: care.Evidence{Rule: "bed-enter/1"},
	}
}
