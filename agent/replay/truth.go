package replay

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"osmanthus/care"
)

const (
	early = 2.0  // s that an alert's onset may lie before the marked beginning
	late  = 30.0 // s that its decision may lie after the marked end
)

// truth is what really happened in the files, and what was said about them.
type truth struct {
	events []happening
	listed map[string]bool // files that the truth lists
	files  []played        // in the order of replay
	raised []*claim        // in the order of their first alert
}

// happening is a row of the truth.
type happening struct {
	file     string
	from, to float64 // NaN where the time is not known
	kind     string
	found    bool
}

type played struct {
	file    string
	seconds float64
}

// claim is an episode of the replay.
type claim struct {
	file            string
	episode         care.Episode
	kind            string
	technical       bool
	onset, at       float64
	dropped, raised bool // dropped: a suspicion that was cleared before it was confirmed
	matched         bool
}

func readTruth(path string) (*truth, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("replay: opening the truth: %w", err)
	}
	defer f.Close()
	tr, err := parseTruth(f)
	if err != nil {
		return nil, fmt.Errorf("replay: the truth %s: %w", path, err)
	}
	return tr, nil
}

// parseTruth reads file,t_start,t_end,kind. A row without a kind says that
// nothing happened in its file; one without times, that it is not known when.
func parseTruth(r io.Reader) (*truth, error) {
	t, err := newTable(r)
	if err != nil {
		return nil, err
	}
	var col [4]int
	for i, name := range []string{"file", "t_start", "t_end", "kind"} {
		if col[i] = t.column(name); col[i] < 0 {
			return nil, fmt.Errorf("line 1: column %q is missing", name)
		}
	}
	tr := &truth{listed: map[string]bool{}}
	for {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			return tr, nil
		}
		if err != nil {
			return nil, err
		}
		if r.err != nil {
			return nil, fmt.Errorf("line %d: %w", r.line, r.err)
		}
		h := happening{file: r.cells[col[0]], from: math.NaN(), to: math.NaN(), kind: r.cells[col[3]]}
		if r.cells[col[1]] != "" {
			h.from = r.number(col[1], "t_start")
			h.to = h.from
		}
		if r.cells[col[2]] != "" {
			h.to = r.number(col[2], "t_end")
		}
		if r.err != nil {
			return nil, fmt.Errorf("line %d: %w", r.line, r.err)
		}
		tr.listed[h.file] = true
		if h.kind != "" && h.kind != "none" {
			tr.events = append(tr.events, h)
		}
	}
}

// name returns how the truth calls a file: by its path as given, or its base.
func (tr *truth) name(file string) string {
	if tr.listed[file] {
		return file
	}
	return filepath.Base(file)
}

func (tr *truth) played(file string, seconds float64) {
	tr.files = append(tr.files, played{tr.name(file), seconds})
}

// saw notes one alert.
func (tr *truth) saw(file string, a care.Alert) {
	var c *claim
	for i := len(tr.raised) - 1; i >= 0 && c == nil; i-- {
		if tr.raised[i].episode == a.Episode && tr.raised[i].file == tr.name(file) {
			c = tr.raised[i]
		}
	}
	if c == nil {
		c = &claim{file: tr.name(file), episode: a.Episode, kind: a.Kind.String(), technical: a.Kind.Technical(),
			onset: since(a.Onset), at: since(a.At)}
		tr.raised = append(tr.raised, c)
	}
	switch a.State {
	case care.Confirmed:
		c.raised = true
	case care.Cleared:
		c.dropped = !c.raised
	}
}

// result is the last line of a replay with -score.
type result struct {
	Kind          string    `json:"kind"` // "score"
	Files         int       `json:"files"`
	Hours         float64   `json:"hours"`
	Events        int       `json:"events"`
	Found         int       `json:"found"`
	Sensitivity   *float64  `json:"sensitivity"`
	SensitivityCI *Interval `json:"sensitivity_ci95"`
	QuietFiles    int       `json:"quiet_files"` // in which nothing happened
	QuietKept     int       `json:"quiet_kept"`  // in which nothing was raised, either
	Specificity   *float64  `json:"specificity"`
	SpecificityCI *Interval `json:"specificity_ci95"`
	FalseAlarms   int       `json:"false_alarms"`
	FalsePerHour  *float64  `json:"false_alarms_per_hour"`
	FalseCI       *Interval `json:"false_alarms_per_hour_ci95"`
	Technical     int       `json:"technical"` // technical alerts: neither right nor wrong here
	Hash          string    `json:"hash"`
}

// score compares what was raised with what happened. Only kinds that the truth
// speaks of are false alarms where it has no such event; where it lists none,
// every kind about a person is.
func (tr *truth) score(out *printer) result {
	r := result{Kind: "score"}
	here := map[string]bool{}
	seconds := 0.0
	for _, f := range tr.files {
		here[f.file] = true
		seconds += f.seconds
	}
	judged := map[string]bool{}
	eventful := map[string]bool{}
	for _, e := range tr.events {
		judged[e.kind] = true
		if here[e.file] {
			eventful[e.file] = true
		}
	}
	for i := range tr.events {
		e := &tr.events[i]
		if !here[e.file] {
			continue
		}
		r.Events++
		for _, c := range tr.raised {
			if !c.dropped && !c.matched && c.file == e.file && c.kind == e.kind && e.holds(c) {
				c.matched, e.found = true, true
				r.Found++
				break
			}
		}
	}
	noisy := map[string]bool{}
	for _, c := range tr.raised {
		switch {
		case c.technical:
			r.Technical++
		case c.dropped || c.matched || c.kind == care.BedEnter.String() && !judged[c.kind]:
		case len(judged) > 0 && !judged[c.kind]:
		default:
			r.FalseAlarms++
			noisy[c.file] = true
		}
	}
	for _, f := range tr.files {
		r.Files++
		if !eventful[f.file] {
			r.QuietFiles++
			if !noisy[f.file] {
				r.QuietKept++
			}
		}
	}
	r.Hours = round(seconds / 3600)
	r.Sensitivity, r.SensitivityCI = printed(Wilson(r.Found, r.Events))
	r.Specificity, r.SpecificityCI = printed(Wilson(r.QuietKept, r.QuietFiles))
	r.FalsePerHour, r.FalseCI = printed(Poisson(r.FalseAlarms, seconds/3600))
	r.Hash = out.hash()
	return r
}

// holds reports whether a claim is about this happening by its time.
func (e *happening) holds(c *claim) bool {
	return math.IsNaN(e.from) || c.at >= e.from-early && c.onset <= e.to+late
}
