package replay

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"math"
	"slices"
	"time"

	"osmanthus/care"
)

// estimate is a line about a reading.
type estimate struct {
	File    string   `json:"file"`
	T       float64  `json:"t"`
	Metric  string   `json:"metric"`
	Value   float64  `json:"value"`
	Quality int      `json:"quality"`
	Flags   []string `json:"flags,omitempty"`
}

func newEstimate(file string, r care.Reading) estimate {
	e := estimate{File: file, T: since(r.At), Metric: r.Metric.String(), Value: r.Value, Quality: int(r.Quality)}
	if r.Flags&care.OutOfRange != 0 {
		e.Flags = append(e.Flags, "out_of_range")
	}
	if r.Flags&care.Stuck != 0 {
		e.Flags = append(e.Flags, "stuck")
	}
	if r.Flags&care.AfterGap != 0 {
		e.Flags = append(e.Flags, "after_gap")
	}
	if r.Flags&care.Partial != 0 {
		e.Flags = append(e.Flags, "partial")
	}
	return e
}

// failure is a line about a bad record.
type failure struct {
	Error string `json:"error"`
}

func since(t time.Time) float64 { return round(t.Sub(epoch).Seconds()) }

func round(v float64) float64 { return math.Round(v*1000) / 1000 }

// printer writes JSON Lines and keeps a hash of them, with files by the names
// that the truth has for them, and of the rules.
type printer struct {
	w         io.Writer
	notes     io.Writer // for what a person is told
	estimates bool
	score     *score    // nil without -score
	sum       hash.Hash // where there is a score
	rules     []string  // that spoke
	err       error
}

var _ ear = (*printer)(nil)

func newPrinter(w, notes io.Writer, o options) *printer {
	p := &printer{w: w, notes: notes, estimates: o.estimates, sum: sha256.New()}
	if o.truth != nil {
		p.score = newScore(o.truth)
		fmt.Fprintf(p.sum, "%s %s %s\n", o.profile.plan(o.kind).Hash(), o.profile.Start, o.profile.Zone)
	}
	return p
}

func (p *printer) reading(file string, r care.Reading) {
	if p.estimates {
		p.about(file, func(name string) any { return newEstimate(name, r) })
	}
}

func (p *printer) alert(file string, a care.Alert) {
	p.about(file, func(name string) any { return newEvent(name, a) })
	p.rule(a.Evidence.Rule + " " + a.Evidence.Hash)
	if p.score != nil {
		p.score.saw(a)
	}
}

func (p *printer) bad(file string, line int, err error) {
	p.about(file, func(name string) any { return failure{Error: fmt.Sprintf("%s: line %d: %v", name, line, err)} })
}

func (p *printer) note(file, sentence string) {
	fmt.Fprintf(p.notes, "replay: %s: %s\n", file, sentence)
}

// about writes a line about a file.
func (p *printer) about(file string, line func(name string) any) {
	p.line(line(file))
	if p.score == nil {
		return
	}
	b, err := json.Marshal(line(p.score.name(file)))
	if p.err == nil {
		p.err = err
	}
	p.sum.Write(append(b, '\n'))
}

// line writes one line. The first error stops all further writing.
func (p *printer) line(v any) {
	if p.err != nil {
		return
	}
	b, err := json.Marshal(v)
	if err != nil {
		p.err = err
		return
	}
	_, p.err = p.w.Write(append(b, '\n'))
}

// rule notes the version of a rule with its hash.
func (p *printer) rule(r string) {
	if i, found := slices.BinarySearch(p.rules, r); !found {
		p.rules = slices.Insert(p.rules, i, r)
	}
}

// hash returns the hash of output and rules so far.
func (p *printer) hash() string {
	h := sha256.New()
	h.Write(p.sum.Sum(nil))
	for _, r := range p.rules {
		h.Write([]byte(r + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}
