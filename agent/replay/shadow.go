package replay

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"strings"

	"osmanthus/care"
)

// Shadow is the command `osmanthus-agent shadow`: it plays recordings through
// the rules that are live and through rules that may replace them, and prints
// in what they differ. What the new rules say goes nowhere else: this package
// knows neither the outbox nor what calls people. Arguments, output and exit
// status are as those of Run.
func Shadow(args []string, stdout, stderr io.Writer) int {
	live, next, err := parseShadow(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	tellDeaf(next, stderr)
	w := bufio.NewWriter(stdout)
	out := newPrinter(w, stderr, options{})
	d := newDifference(live, next, stderr)
	status := 0
	for _, f := range live.files {
		if err := d.play(f, live, next); err != nil {
			fmt.Fprintln(stderr, err)
			status = 2
		}
	}
	d.judge()
	if live.truth != nil {
		tellUnplayed(d.live.score, stderr)
	}
	for _, l := range d.lines() {
		out.line(l)
	}
	summary := d.summary()
	out.line(summary)
	fmt.Fprintln(stderr, summary)
	if err := errors.Join(out.err, w.Flush()); err != nil {
		fmt.Fprintf(stderr, "replay: writing: %v\n", err)
		return 2
	}
	return status
}

// parseShadow reads the flags of both rule sets: they differ in the profile
// only.
func parseShadow(args []string, stderr io.Writer) (live, next options, err error) {
	set := flag.NewFlagSet("shadow", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.Usage = func() {
		fmt.Fprintf(stderr, "usage: shadow -kind KIND -profile NEW.json [-base OLD.json] [-rate HZ] [-score TRUTH.csv] FILE.csv...\n"+
			"Plays recordings through the rules as they are and through changed ones, and prints the difference. Nobody is called.\nkinds: %s\n", strings.Join(kindList(), ", "))
		set.PrintDefaults()
	}
	kind := set.String("kind", "", "what the files hold")
	rate := set.Float64("rate", 0, "samples a second; without it the column t tells")
	changed := set.String("profile", "", "JSON `file` with the rules that run in shadow")
	base := set.String("base", "", "JSON `file` with the rules that are live; without it the defaults")
	truth := set.String("score", "", "CSV `file` with the truth: file,t_start,t_end,kind")
	files, err := parseAnywhere(set, args)
	if err != nil {
		return live, next, err
	}
	if *changed == "" {
		return live, next, errors.New("replay: -profile is required: the rules that run in shadow")
	}
	common := []string{"-kind", *kind, "-rate", fmt.Sprint(*rate)}
	if *truth != "" {
		common = append(common, "-score", *truth)
	}
	with := func(profile string) (options, error) {
		all := common
		if profile != "" {
			all = append(common[:len(common):len(common)], "-profile", profile)
		}
		return parse(append(append(all[:len(all):len(all)], "--"), files...), stderr)
	}
	if live, err = with(*base); err == nil {
		next, err = with(*changed)
	}
	return live, next, err
}

// difference is what two rule sets said about the same files.
type difference struct {
	live, next side
	truth      *truth            // nil without -score
	both       map[*claim]*claim // from live to shadow
	onlyNew    []*claim
}

// side is what one of them said.
type side struct {
	score  *score
	said   *printer // its output, which nobody reads, for its hash
	result result
}

// newDifference compares by the truth, where there is one. What there is to note
// of a file is noted once.
func newDifference(live, next options, notes io.Writer) *difference {
	of := func(o options, notes io.Writer) side {
		if o.truth == nil {
			o.truth = &truth{}
		}
		p := newPrinter(io.Discard, notes, o)
		return side{score: p.score, said: p}
	}
	return &difference{live: of(live, notes), next: of(next, io.Discard), truth: live.truth}
}

// play plays one file through both. What cannot be played fails in both.
func (d *difference) play(file string, live, next options) error {
	err := d.live.play(file, live)
	if e := d.next.play(file, next); err == nil {
		err = e
	}
	return err
}

// judge compares both with the truth and with each other, once all is played.
func (d *difference) judge() {
	for _, s := range []*side{&d.live, &d.next} {
		s.result = s.score.result(s.said.hash())
	}
	d.both, d.onlyNew = d.pairs()
}

func (s side) play(file string, o options) error {
	s.score.begin(file)
	seconds, err := play(file, o, s.said)
	s.score.end(seconds, err)
	return err
}

// differs is a line about one episode.
type differs struct {
	File  string   `json:"file"`
	Kind  string   `json:"kind"`
	Onset float64  `json:"onset"`
	By    string   `json:"by"`               // both, live or shadow
	Live  *float64 `json:"live,omitempty"`   // seconds at which each decided
	New   *float64 `json:"shadow,omitempty"` //
	// The highest priority that each gave it; "" where it did not raise it.
	LivePriority string `json:"live_priority,omitempty"`
	NewPriority  string `json:"shadow_priority,omitempty"`
	Right        *bool  `json:"right,omitempty"` // whether something happened, as far as the truth says
}

// apart is how far two episodes of one kind may lie apart, in seconds, and be
// the same: another limit is crossed a little earlier or later.
const apart = 30.0

// same reports whether two episodes are about the same.
func same(a, b *claim) bool {
	if a.file != b.file || a.kind != b.kind {
		return false
	}
	gap := math.Max(a.onset, b.onset) - math.Min(a.end(), b.end())
	return gap <= apart
}

// end is when a claim is over, or was decided while it still stands.
func (c *claim) end() float64 {
	if math.IsInf(c.until, 1) {
		return c.at
	}
	return c.until
}

// pairs gives each live episode that was not dropped the first one of the
// shadow that is about the same.
func (d *difference) pairs() (both map[*claim]*claim, onlyNew []*claim) {
	both = map[*claim]*claim{}
	taken := map[*claim]bool{}
	for _, a := range d.live.score.raised {
		for _, b := range d.next.score.raised {
			if !a.dropped && !b.dropped && !taken[b] && same(a, b) {
				both[a], taken[b] = b, true
				break
			}
		}
	}
	for _, b := range d.next.score.raised {
		if !b.dropped && !taken[b] {
			onlyNew = append(onlyNew, b)
		}
	}
	return both, onlyNew
}

// lines are the episodes of both, in the order in which they were said live,
// then those of the shadow alone. Lying down in bed is no alarm and left out.
func (d *difference) lines() (out []differs) {
	line := func(c *claim, by string) differs {
		l := differs{File: d.live.score.files[c.file].file, Kind: c.kind.String(), Onset: c.onset, By: by}
		if d.truth != nil && (c.matched || c.wrong) {
			right := c.matched
			l.Right = &right
		}
		return l
	}
	for _, a := range d.live.score.raised {
		if a.dropped || a.kind == care.BedEnter {
			continue
		}
		l := line(a, "live")
		l.Live, l.LivePriority = &a.at, a.priority.String()
		if b := d.both[a]; b != nil {
			l.By, l.New, l.NewPriority = "both", &b.at, b.priority.String()
		}
		out = append(out, l)
	}
	for _, b := range d.onlyNew {
		if b.kind != care.BedEnter {
			l := line(b, "shadow")
			l.New, l.NewPriority = &b.at, b.priority.String()
			out = append(out, l)
		}
	}
	return out
}
