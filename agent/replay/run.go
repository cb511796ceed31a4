package replay

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// options are the flags of the command.
type options struct {
	kind      kind
	rate      float64 // samples a second; 0 where the column t tells
	profile   profile
	estimates bool
	truth     *truth // nil without -score
	files     []string
}

// Run is the command `osmanthus-agent replay`: args without the command's
// name, JSON Lines on stdout, sentences on stderr. It returns the exit status:
// 0 when the input was processed, 2 for unusable input.
func Run(args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	tellDeaf(o, stderr)
	w := bufio.NewWriter(stdout)
	out := newPrinter(w, stderr, o)
	status := 0
	for _, f := range o.files {
		if out.score != nil && !out.score.begin(f) {
			fmt.Fprintf(stderr, "replay: %s is named twice; its score counts once\n", f)
		}
		seconds, err := play(f, o, out)
		if err != nil {
			fmt.Fprintln(stderr, err)
			status = 2
		}
		if out.score != nil {
			out.score.end(seconds, err)
		}
	}
	if out.score != nil {
		tellUnplayed(out.score, stderr)
		out.line(out.score.result(out.hash()))
	}
	if err := errors.Join(out.err, w.Flush()); err != nil {
		fmt.Fprintf(stderr, "replay: writing: %v\n", err)
		return 2
	}
	return status
}

// tellUnplayed names the files whose rows of the truth count for nothing.
func tellUnplayed(s *score, stderr io.Writer) {
	const most = 5 // names: a truth may be of a whole data set
	names := s.unplayed()
	if n := len(names); n > most {
		names = append(names[:most:most], fmt.Sprintf("and %d more", n-most))
	}
	if len(names) > 0 {
		fmt.Fprintf(stderr, "replay: the truth lists files that were not played, and do not count: %s\n", strings.Join(names, ", "))
	}
}

// parse reads flags and the files that they name.
func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	set := flag.NewFlagSet("replay", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.Usage = func() {
		fmt.Fprintf(stderr, "usage: replay -kind KIND [-rate HZ] [-profile FILE] [-estimates] [-score TRUTH.csv] FILE.csv...\n"+
			"Plays each file as one wearer and prints JSON Lines.\nkinds: %s\nprofiles: agent/replay/profile.md; times: agent/replay/clock.md; scores: agent/replay/score.md\n", strings.Join(kindList(), ", "))
		set.PrintDefaults()
	}
	name := set.String("kind", "", "what the files hold")
	set.Float64Var(&o.rate, "rate", 0, "samples a second; without it the column t tells, and with it t of a waveform shows only gaps")
	path := set.String("profile", "", "JSON `file` with limits, overrides and borders of this wearer")
	set.BoolVar(&o.estimates, "estimates", false, "print the derived readings, too")
	score := set.String("score", "", "CSV `file` with the truth: file,t_start,t_end,kind")
	var err error
	if o.files, err = parseAnywhere(set, args); err != nil {
		return o, err
	}
	if o.kind, err = findKind(*name); err != nil {
		return o, err
	}
	if o.rate != 0 && !(o.rate >= 1 && o.rate <= 1000) {
		return o, fmt.Errorf("replay: -rate %v: must be 1 to 1000 samples a second", o.rate)
	}
	if len(o.files) == 0 {
		return o, errors.New("replay: no file to replay is named")
	}
	if *path != "" {
		if o.profile, err = readProfile(*path); err != nil {
			return o, err
		}
	}
	if *score != "" {
		if o.truth, err = readTruth(*score); err != nil {
			return o, err
		}
		if err = o.truth.attach(o.files); err != nil {
			return o, err
		}
	}
	return o, nil
}

// parseAnywhere reads flags wherever they stand between the files, and returns
// the files. After "--" everything is a file.
func parseAnywhere(set *flag.FlagSet, args []string) (files []string, err error) {
	var rest []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, rest = args[:i], args[i+1:]
	}
	for {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, fmt.Errorf("replay: reading flags: %w", err)
		}
		if set.NArg() == 0 {
			return append(files, rest...), nil
		}
		files, args = append(files, set.Arg(0)), set.Args()[1:]
	}
}
