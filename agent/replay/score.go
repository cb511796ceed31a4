package replay

import (
	"math"
	"path"
	"slices"

	"osmanthus/care"
)

const (
	early = 2.0  // s that a decision may lie before the marked beginning
	late  = 30.0 // s that an onset may lie after the marked end
)

// score is what was said about the files of a truth.
type score struct {
	truth   *truth
	files   []played // in the order of replay, each once
	raised  []*claim // in the order of their first alert
	heard   map[claimKey]*claim
	found   map[int]bool // events of the truth, by index, that were found; set by result
	playing int          // index of the file that is playing; -1 for one that was played before
}

type played struct {
	file    string // as it was named
	name    string // what the truth calls it, or itself
	listed  bool
	seconds float64
	unread  bool // it could not be played, and counts for nothing
}

type claimKey struct {
	file    int
	episode care.Episode
}

// claim is an episode of the replay.
type claim struct {
	file            int
	kind            care.Kind
	onset, at       float64
	priority        care.Priority // the highest that it had
	until           float64       // when it was cleared; +Inf while it stands
	dropped, raised bool          // dropped: a suspicion that was cleared before it was confirmed
	matched         bool          // it is about something that happened
	wrong           bool          // it is a false alarm
}

func newScore(tr *truth) *score {
	return &score{truth: tr, heard: map[claimKey]*claim{}, found: map[int]bool{}}
}

// begin says that a file is played now. It reports whether it counts: a file
// that is named twice does so once.
func (s *score) begin(file string) bool {
	p := played{file: file, name: s.truth.called[file], listed: true}
	if p.name == "" {
		p.name, p.listed = plain(file), false
	}
	for _, f := range s.files {
		if f.name == p.name {
			s.playing = -1
			return false
		}
	}
	s.playing = len(s.files)
	s.files = append(s.files, p)
	return true
}

// name is what a file is called wherever it lies: by the truth, or by itself.
func (s *score) name(file string) string {
	if name := s.truth.called[file]; name != "" {
		return name
	}
	return path.Base(plain(file))
}

// end says how long it took, and whether it could be played at all: what was
// said of it until it broke off is forgotten.
func (s *score) end(seconds float64, err error) {
	if s.playing < 0 {
		return
	}
	s.files[s.playing].seconds, s.files[s.playing].unread = seconds, err != nil
	if err != nil {
		s.raised = slices.DeleteFunc(s.raised, func(c *claim) bool { return c.file == s.playing })
	}
}

// unplayed lists what the truth calls files that were not played.
func (s *score) unplayed() (names []string) {
	played := map[string]bool{}
	for _, f := range s.files {
		played[f.name] = f.listed && !f.unread
	}
	for _, l := range s.truth.listed {
		if !played[l] {
			names = append(names, l)
		}
	}
	return names
}

// saw notes one alert of the file that plays.
func (s *score) saw(a care.Alert) {
	if s.playing < 0 {
		return
	}
	key := claimKey{s.playing, a.Episode}
	c := s.heard[key]
	if c == nil {
		c = &claim{file: s.playing, kind: a.Kind, onset: since(a.Onset), at: since(a.At), until: math.Inf(1)}
		s.heard[key] = c
		s.raised = append(s.raised, c)
	}
	c.priority = max(c.priority, a.Priority)
	switch a.State {
	case care.Confirmed:
		c.raised = true
	case care.Cleared:
		c.dropped, c.until = !c.raised, since(a.At)
	}
}

// result is the last line of a replay with -score.
type result struct {
	Kind          string           `json:"kind"` // "score"
	Files         int              `json:"files"`
	Unusable      int              `json:"unusable,omitempty"` // files that could not be played, beside these
	Unlisted      int              `json:"unlisted,omitempty"` // files that the truth does not list: taken as quiet
	Hours         float64          `json:"hours"`
	Events        int              `json:"events"`
	Found         int              `json:"found"`
	Sensitivity   *float64         `json:"sensitivity"`
	SensitivityCI *Interval        `json:"sensitivity_ci95"`
	QuietFiles    int              `json:"quiet_files"` // in which nothing happened
	QuietKept     int              `json:"quiet_kept"`  // in which nothing was raised, either
	Specificity   *float64         `json:"specificity"`
	SpecificityCI *Interval        `json:"specificity_ci95"`
	FalseAlarms   int              `json:"false_alarms"`
	FalsePerHour  *float64         `json:"false_alarms_per_hour"`
	FalseCI       *Interval        `json:"false_alarms_per_hour_ci95"`
	FalsePerDay   *float64         `json:"false_alarms_per_bed_day"`
	FalsePerDayCI *Interval        `json:"false_alarms_per_bed_day_ci95"`
	Repeats       int              `json:"repeats"`   // further episodes about something that was found
	Technical     int              `json:"technical"` // technical alerts: neither right nor wrong here
	Kinds         map[string]count `json:"kinds"`     // the same by kind
	Hash          string           `json:"hash"`
}

type count struct {
	Events      int `json:"events"`
	Found       int `json:"found"`
	FalseAlarms int `json:"false_alarms"`
}

// result compares what was raised with what happened.
func (s *score) result(hash string) result {
	r := result{Kind: "score", Kinds: map[string]count{}, Hash: hash}
	eventful := s.match(&r)
	noisy := s.falseAlarms(&r)
	seconds := 0.0
	for i, f := range s.files {
		if f.unread {
			r.Unusable++
			continue
		}
		r.Files++
		seconds += f.seconds
		if !f.listed {
			r.Unlisted++
		}
		if !eventful[i] {
			r.QuietFiles++
			if !noisy[i] {
				r.QuietKept++
			}
		}
	}
	hours := seconds / 3600
	r.Hours = round(hours)
	r.Sensitivity, r.SensitivityCI = printed(Wilson(r.Found, r.Events))
	r.Specificity, r.SpecificityCI = printed(Wilson(r.QuietKept, r.QuietFiles))
	r.FalsePerHour, r.FalseCI = printed(Poisson(r.FalseAlarms, hours))
	r.FalsePerDay, r.FalsePerDayCI = printed(Poisson(r.FalseAlarms, hours/24))
	return r
}

// match gives each event, in the order of their times, the first episode of
// its kind that is about it, and returns the files in which something happened.
func (s *score) match(r *result) map[int]bool {
	eventful := map[int]bool{}
	for i, f := range s.files {
		if !f.listed || f.unread {
			continue
		}
		for k, e := range s.truth.events {
			if e.file != f.name {
				continue
			}
			eventful[i] = true
			r.Events++
			n := r.Kinds[e.kind]
			n.Events++
			for _, c := range s.raised {
				if c.file == i && !c.dropped && c.kind.String() == e.kind && (!c.matched && e.holds(c) || c.matched && e.within(c)) {
					c.matched, s.found[k] = true, true
					r.Found++
					n.Found++
					break
				}
			}
			r.Kinds[e.kind] = n
		}
	}
	return eventful
}

// falseAlarms counts what was raised about nothing, and returns the files in
// which that was. Where the truth speaks of some kinds, only these can be
// false; where it speaks of none, every kind about a person can.
func (s *score) falseAlarms(r *result) map[int]bool {
	judged := map[string]bool{}
	for _, e := range s.truth.events {
		judged[e.kind] = true
	}
	noisy := map[int]bool{}
	for _, c := range s.raised {
		kind := c.kind.String()
		switch {
		case c.kind.Technical():
			r.Technical++
		case c.dropped || c.matched:
		case len(judged) > 0 && !judged[kind]:
		case !judged[kind] && follows(c.kind):
		case s.repeats(c):
			r.Repeats++
		default:
			r.FalseAlarms++
			c.wrong = true
			n := r.Kinds[kind]
			n.FalseAlarms++
			r.Kinds[kind] = n
			noisy[c.file] = true
		}
	}
	return noisy
}

// follows reports whether a kind is no alarm of its own: lying down in a bed,
// a fall whose alarm stands already, a note.
func follows(k care.Kind) bool { return k == care.BedEnter || k == care.LongLie || k.Note() }

// repeats reports whether an episode is one more about an event whose time is
// known.
func (s *score) repeats(c *claim) bool {
	for _, e := range s.truth.events {
		if f := s.files[c.file]; f.listed && e.file == f.name && e.kind == c.kind.String() && !math.IsNaN(e.from) && e.holds(c) {
			return true
		}
	}
	return false
}

// holds reports whether an episode is about this event by its time.
func (e *happening) holds(c *claim) bool {
	return math.IsNaN(e.from) || c.at >= e.from-early && c.onset <= e.to+late
}

// within reports whether the alarm of an earlier event still stood: a value
// that came back over its limit for a moment, and not by the hysteresis, is two
// events of the truth and one alarm that nobody closed.
func (e *happening) within(c *claim) bool {
	return (c.kind == care.VitalLow || c.kind == care.VitalHigh) && c.at <= e.from && c.until >= e.from
}
