package eval

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/recordings"
)

// sections is the one table of what is evaluated, in the order of the report.
// A section prints the same bytes each time: no clock, no order of a map.
func sections() []section {
	return []section{
		{"falls", "Falls", falls},
		{"rates", "Falls as other devices would have measured them", rates},
		{"floor", "Getting up from the floor", floor},
		{"light", "Pulse, breathing and oxygen from light", light},
		{"breath", "Breathing and apnoea from a breathing or bed waveform", breath},
		{"vitals", "Vital signs", vitals},
		{"bed", "Bed", bed},
		{"thermal", "Falls before a thermal array", thermal},
		{"rooms", "Rooms", rooms},
	}
}

type section struct {
	name, title string
	run         func(*Eval) error
}

// Eval is a report that is being written.
type Eval struct {
	out      io.Writer
	progress io.Writer
	// fallModels are the models of falls for people who were held out: two
	// sections need them, and they take long to fit.
	fallModels map[recordings.Place]func(set, person string) *detect.FallModel
}

// Text prints a paragraph.
func (e *Eval) Text(format string, args ...any) { fmt.Fprintf(e.out, format+"\n\n", args...) }

// Heading prints the heading of a part of a section.
func (e *Eval) Heading(text string) { fmt.Fprintf(e.out, "### %s\n\n", text) }

// Table prints a table.
func (e *Eval) Table(t Table) { fmt.Fprintf(e.out, "%s\n", t.String()) }

// Progress tells whoever waits what is being done; it is no part of the report.
func (e *Eval) Progress(format string, args ...any) { fmt.Fprintf(e.progress, format+"\n", args...) }

// Main is the command osmanthus-eval: the sections of args, all without args,
// on stdout; "capacity" alone measures what watching costs here, "train-falls DIR"
// fits the models of falls anew. It returns the exit status: 2 for unusable
// input.
func Main(args []string, stdout, stderr io.Writer) int {
	all := sections()
	if len(args) == 1 && args[0] == "capacity" {
		if err := Capacity(stdout); err != nil {
			fmt.Fprintf(stderr, "osmanthus-eval: capacity: %v\n", err)
			return 2
		}
		return 0
	}
	if len(args) == 2 && args[0] == "train-falls" {
		if err := TrainFalls(args[1], stderr); err != nil {
			fmt.Fprintf(stderr, "osmanthus-eval: train-falls: %v\n", err)
			return 2
		}
		return 0
	}
	var chosen []section
	for _, a := range args {
		found := false
		for _, s := range all {
			if s.name == a {
				chosen, found = append(chosen, s), true
			}
		}
		if !found {
			fmt.Fprintf(stderr, "osmanthus-eval: there is no section %q, only %s; alone also capacity, and train-falls DIR\n", a, names(all))
			return 2
		}
	}
	if len(args) == 0 {
		chosen = all
	}
	if dir, err := recordings.Find(); err != nil {
		fmt.Fprintf(stderr, "osmanthus-eval: the data sets are needed in ../shared/datasets beside the project, or in datasets below $OSMANTHUS_SHARED: %v\n", err)
		return 2
	} else {
		fmt.Fprintf(stderr, "recordings: %s\n", dir)
	}
	w := bufio.NewWriter(stdout)
	e := &Eval{out: w, progress: stderr, fallModels: map[recordings.Place]func(set, person string) *detect.FallModel{}}
	status := 0
	for _, s := range chosen {
		fmt.Fprintf(stderr, "%s …\n", s.name)
		fmt.Fprintf(w, "## %s\n\n", s.title)
		err := s.run(e)
		if err := errors.Join(err, w.Flush()); err != nil {
			fmt.Fprintf(stderr, "osmanthus-eval: %s: %v\n", s.name, err)
			status = 2
		}
	}
	return status
}

func names(all []section) string {
	var list []string
	for _, s := range all {
		list = append(list, s.name)
	}
	return strings.Join(list, ", ")
}
