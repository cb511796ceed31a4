package agent

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"osmanthus/agent/config"
	"osmanthus/agent/replay"
)

// Exit codes of the command.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUnusable = 2 // flags, configuration or input that cannot be used
)

const usage = `osmanthus-agent watches one home and calls people.

usage:
  osmanthus-agent run -config FILE       run until SIGTERM
  osmanthus-agent check -config FILE     say ok, or every mistake with its line
  osmanthus-agent config                 print the commented reference file
  osmanthus-agent replay -kind KIND ...  play recordings through the detectors
  osmanthus-agent shadow -kind KIND ...  compare changed rules with those that are live
  osmanthus-agent version                print the version

"osmanthus-agent COMMAND -h" says more about one.
`

// Main runs the command with its arguments and returns the exit code.
func Main(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return exitUnusable
	}
	switch name, args := args[0], args[1:]; name {
	case "run":
		return runCommand(args, stderr)
	case "check":
		return checkCommand(args, stdout, stderr)
	case "config":
		stdout.Write(config.Reference)
	case "replay":
		return replay.Run(args, stdout, stderr)
	case "shadow":
		return replay.Shadow(args, stdout, stderr)
	case "version", "-version", "--version":
		fmt.Fprintln(stdout, "osmanthus-agent", Version, revision(), runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
	case "help", "-h", "-help", "--help":
		fmt.Fprint(stdout, usage)
	default:
		fmt.Fprintf(stderr, "osmanthus-agent: unknown command %q\n\n%s", name, usage)
		return exitUnusable
	}
	return exitOK
}

// revision is the commit that the binary was built from, where Go knows it.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return "unknown"
}

// flags begins the flags of one command; parse says what is wrong on stderr.
func flags(name, what string, stderr io.Writer) *flag.FlagSet {
	set := flag.NewFlagSet("osmanthus-agent "+name, flag.ContinueOnError)
	set.SetOutput(stderr)
	set.Usage = func() {
		fmt.Fprintf(stderr, "usage: osmanthus-agent %s\n\n%s\n\n", name, what)
		set.PrintDefaults()
	}
	return set
}

// parse returns an exit code other than 0 if the command is not to be run.
func parse(set *flag.FlagSet, args []string) (code int, run bool) {
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitOK, false
	case err != nil:
		return exitUnusable, false
	case set.NArg() > 0:
		fmt.Fprintf(set.Output(), "%s: unexpected %q\n", set.Name(), set.Arg(0))
		return exitUnusable, false
	}
	return exitOK, true
}

// load reads and judges the file that -config names.
func load(path string, stderr io.Writer) (config.Config, bool) {
	cfg, err := config.Load(path, Kinds())
	if err == nil {
		if err = Check(cfg); err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
	}
	return cfg, err == nil
}

func checkCommand(args []string, stdout, stderr io.Writer) int {
	set := flags("check", "Reads a configuration and says ok, or every mistake with its line. Touches no hardware.", stderr)
	path := set.String("config", "/etc/osmanthus/osmanthus-agent.yaml", "configuration `file`")
	if code, run := parse(set, args); !run {
		return code
	}
	cfg, ok := load(*path, stderr)
	if !ok {
		return exitUnusable
	}
	for _, n := range notes(cfg, time.Now()) {
		fmt.Fprintf(stderr, "%s: note: %s\n", *path, n)
	}
	fmt.Fprintf(stdout, "%s: ok: sensors: %d, residents: %d, buses: %d\n", *path, len(cfg.Sensors), len(cfg.Residents), len(cfg.Buses))
	return exitOK
}

func runCommand(args []string, stderr io.Writer) int {
	set := flags("run", "Runs one home until SIGTERM or Ctrl-C.", stderr)
	path := set.String("config", "/etc/osmanthus/osmanthus-agent.yaml", "configuration `file`")
	tap := set.String("tap", "", "append every reading to `file` as a JSON line when it enters the batch")
	alerts := set.String("alerts", "", "append every alert to `file` as a JSON line when it is in the outbox")
	record := set.String("record", "", "write everything that enters the engine to `file`, a trace")
	trace := set.String("trace", "", "play a trace from `file` in place of the sensors, then end")
	stay := set.Bool("stay", false, "with -trace: run on when the trace has ended, and deliver")
	network := set.String("uplink", "", "`broker` instead of the configured one; none works without a network")
	if code, run := parse(set, args); !run {
		return code
	}
	cfg, ok := load(*path, stderr)
	if !ok {
		return exitUnusable
	}
	switch *network {
	case "":
	case "none":
		cfg.Uplink.Broker = ""
	default:
		cfg.Uplink.Broker = *network
	}
	opts := Opts{Log: logger(stderr, cfg.LogLevel), Stay: *stay}
	files := files{stderr: stderr}
	defer files.close()
	files.write(&opts.Tap, *tap, os.O_APPEND)
	files.write(&opts.Alerts, *alerts, os.O_APPEND)
	files.write(&opts.Record, *record, os.O_TRUNC)
	files.read(&opts.Trace, *trace)
	if files.failed {
		return exitUnusable
	}
	return run(cfg, opts, stderr)
}

func run(cfg config.Config, opts Opts, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	a, err := New(cfg, opts)
	if err == nil {
		err = a.Run(ctx)
	}
	if err != nil {
		fmt.Fprintln(stderr, "osmanthus-agent:", err)
		return exitFailed
	}
	return exitOK
}

// logger writes JSON lines: the journal keeps and rotates them.
func logger(to io.Writer, level string) *slog.Logger {
	var l slog.Level
	if l.UnmarshalText([]byte(level)) != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: l}))
}

// files opens what flags name; an empty name is nothing.
type files struct {
	stderr io.Writer
	open   []*os.File
	failed bool
}

func (f *files) write(to *io.Writer, name string, mode int) {
	if name != "" {
		if file := f.file(name, os.O_WRONLY|os.O_CREATE|mode); file != nil {
			*to = file
		}
	}
}

func (f *files) read(from *io.Reader, name string) {
	if name != "" {
		if file := f.file(name, os.O_RDONLY); file != nil {
			*from = file
		}
	}
}

func (f *files) file(name string, mode int) *os.File {
	file, err := os.OpenFile(name, mode, fs.FileMode(0o600))
	if err != nil {
		fmt.Fprintln(f.stderr, "osmanthus-agent:", err)
		f.failed = true
		return nil
	}
	f.open = append(f.open, file)
	return file
}

func (f *files) close() {
	for _, file := range f.open {
		file.Close()
	}
}
