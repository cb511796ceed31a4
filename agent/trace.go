package agent

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"osmanthus/care"
)

// A trace is everything that entered the engine, in its order, as JSON lines
// with one of six keys. Played again it gives the same alerts, byte for byte.
type traceLine struct {
	State   *traceState   `json:"state,omitempty"` // only first: what was known before a restart
	Block   *traceBlock   `json:"block,omitempty"`
	Reading *traceReading `json:"reading,omitempty"`
	Tick    *time.Time    `json:"tick,omitempty"`
	// Answered is an episode whose alarm a person closed.
	Answered string `json:"answered,omitempty"`
	// Lies is an alert that was confirmed before a restart and that nobody ended.
	Lies *traceAlert `json:"lies,omitempty"`
}

type traceAlert struct {
	Episode  string          `json:"episode"`
	Kind     care.Kind       `json:"kind"`
	State    care.State      `json:"state"`
	Priority care.Priority   `json:"priority"`
	Resident care.ResidentID `json:"resident"`
	Source   care.SourceID   `json:"source"`
	Onset    time.Time       `json:"onset"`
	At       time.Time       `json:"at"`
}

func fromAlert(a care.Alert) *traceAlert {
	return &traceAlert{a.Episode.String(), a.Kind, a.State, a.Priority, a.Resident, a.Source, a.Onset, a.At}
}

func (t *traceAlert) alert() (care.Alert, error) {
	e, err := care.ParseEpisode(t.Episode)
	return care.Alert{Episode: e, Kind: t.Kind, State: t.State, Priority: t.Priority, Resident: t.Resident, Source: t.Source,
		Onset: t.Onset, At: t.At, Confidence: 1}, err
}

type traceState struct {
	At   time.Time `json:"at"`
	Data string    `json:"data"`
}

type traceBlock struct {
	Resident care.ResidentID `json:"resident"`
	Source   care.SourceID   `json:"source"`
	Kind     care.BlockKind  `json:"kind"`
	Start    time.Time       `json:"start"`
	Rate     float64         `json:"rate"`
	Gap      bool            `json:"gap,omitempty"`
	Channels [][]float64     `json:"channels"`
}

type traceReading struct {
	Resident care.ResidentID `json:"resident"`
	Source   care.SourceID   `json:"source"`
	Metric   care.Metric     `json:"metric"`
	Value    float64         `json:"value"`
	Quality  care.Quality    `json:"quality"`
	Flags    care.Flags      `json:"flags,omitempty"`
	At       time.Time       `json:"at"`
}

func fromBlock(b *care.Block) *traceBlock {
	t := traceBlock(*b)
	return &t
}

func fromReading(r care.Reading) *traceReading {
	t := traceReading(r)
	return &t
}

// maxTraceLine bounds a line: a block of an hour at 100 Hz fits.
const maxTraceLine = 64 << 20

// play feeds the pipeline with a trace, as fast as it goes. A line that cannot
// be read ends it: what follows would be another trace.
func (a *Agent) play(ctx context.Context, from io.Reader) error {
	in := bufio.NewScanner(from)
	in.Buffer(make([]byte, 64<<10), maxTraceLine)
	for n := 1; in.Scan() && ctx.Err() == nil; n++ {
		var l traceLine
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			return fmt.Errorf("agent: trace line %d: %w", n, err)
		}
		switch {
		case l.State != nil:
			if err := a.pipe.load([]byte(l.State.Data), l.State.At); err != nil {
				a.log.Error("the state before the trace, wholly or in part", "error", err)
			}
		case l.Block != nil:
			b := care.Block(*l.Block)
			a.pipe.Block(&b)
		case l.Reading != nil:
			a.pipe.Reading(care.Reading(*l.Reading))
		case l.Tick != nil:
			a.pipe.Tick(*l.Tick)
		case l.Answered != "":
			e, err := care.ParseEpisode(l.Answered)
			if err != nil {
				return fmt.Errorf("agent: trace line %d: %w", n, err)
			}
			a.pipe.answered(e)
		case l.Lies != nil:
			al, err := l.Lies.alert()
			if err != nil {
				return fmt.Errorf("agent: trace line %d: %w", n, err)
			}
			a.pipe.lies(al)
		default:
			return fmt.Errorf("agent: trace line %d: neither state, block, reading, tick, answer nor who lies", n)
		}
		if n%1000 == 0 { // faster than life: do not gather an hour in memory
			a.batcher.flush()
			a.batcher.commit()
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("agent: reading the trace: %w", err)
	}
	return nil
}

// record writes a line of the trace; the pipeline calls it in its order.
func (a *Agent) record(l traceLine) { a.line(a.opts.Record, "trace", l) }

// tapLine is a reading for installers and tests.
type tapLine struct {
	At       time.Time `json:"at"`
	Resident string    `json:"resident"`
	Source   string    `json:"source"`
	Metric   string    `json:"metric"`
	Value    float64   `json:"value"`
	Flags    uint8     `json:"flags,omitempty"`
}

func (a *Agent) tap(r care.Reading) {
	if a.opts.Tap != nil {
		a.line(a.opts.Tap, "tap", tapLine{r.At.UTC(), string(r.Resident), string(r.Source), r.Metric.String(), r.Value, uint8(r.Flags)})
	}
}

// alertJSON is an alert without what belongs to one run: the same trace gives
// the same bytes.
type alertJSON struct {
	Episode    string            `json:"episode"`
	Kind       string            `json:"kind"`
	State      string            `json:"state"`
	Priority   string            `json:"priority"`
	Resident   string            `json:"resident"`
	Source     string            `json:"source"`
	Onset      time.Time         `json:"onset"`
	At         time.Time         `json:"at"`
	Confidence float64           `json:"confidence"`
	Rule       string            `json:"rule"`
	Hash       string            `json:"hash,omitempty"`
	Metric     string            `json:"metric,omitempty"`
	Value      float64           `json:"value"`
	Limit      float64           `json:"limit"`
	Features   []json.RawMessage `json:"features,omitempty"`
}

// alertLine writes an alert as it crosses the wire: with times to the
// millisecond.
func (a *Agent) alertLine(al care.Alert) {
	if a.opts.Alerts == nil {
		return
	}
	j := alertJSON{
		Episode: al.Episode.String(), Kind: al.Kind.String(), State: al.State.String(), Priority: al.Priority.String(),
		Resident: string(al.Resident), Source: string(al.Source),
		Onset: al.Onset.UTC().Truncate(time.Millisecond), At: al.At.UTC().Truncate(time.Millisecond),
		Confidence: al.Confidence, Rule: al.Evidence.Rule, Hash: al.Evidence.Hash, Value: al.Evidence.Value, Limit: al.Evidence.Limit,
	}
	if al.Evidence.Metric != 0 {
		j.Metric = al.Evidence.Metric.String()
	}
	for _, f := range al.Evidence.Features {
		raw, err := json.Marshal([]any{f.Name, f.Value, f.Unit})
		if err != nil {
			continue // wire refuses numbers that are none
		}
		j.Features = append(j.Features, raw)
	}
	a.line(a.opts.Alerts, "alerts", j)
}

// line writes v in one write, so that a line is whole whatever happens next.
func (a *Agent) line(to io.Writer, name string, v any) {
	b, err := json.Marshal(v)
	if err == nil {
		_, err = to.Write(append(b, '\n'))
	}
	if err != nil {
		a.log.Error("cannot write a line", "to", name, "error", err)
	}
}
