package local

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"periph.io/x/conn/v3/gpio"

	"osmanthus/care"
)

// Pin is a lamp or a siren; every gpio.PinOut is one.
type Pin interface {
	Out(l gpio.Level) error
}

// Button is the acknowledge button, between a pin and ground; every gpio.PinIn
// is one.
type Button interface {
	In(pull gpio.Pull, edge gpio.Edge) error
	Read() gpio.Level
}

// Output is what hangs at one place. Pins that are nil are not wired.
type Output struct {
	Name               string // for messages
	Place              string // "" sounds for every place; each sounds for places that no output is for
	Red, Yellow, Siren Pin
	Relay              Pin // its dry contact calls on a nurse-call system
}

// Opts are the optional parts.
type Opts struct {
	File   string                         // keeps what is open over a restart; "" does not
	Button Button                         // nil for none
	Log    *slog.Logger                   // nil discards
	Fault  func(output string, err error) // an output (or "file", "acknowledge") fails; nil: it works again. From any goroutine
	// Ended takes what people ended at the button, where no cloud says what is
	// over; nil where one does. From any goroutine.
	Ended func(list []care.Episode)
}

// Annunciator shows and sounds what is open. Its methods may be called from
// any goroutine and do not wait for pins or disk.
type Annunciator struct {
	outputs []*output
	places  map[string]bool // that an output is for, "" if one is for every place
	kept    time.Time       // when the file was written that New read, zero for none
	opts    Opts

	mu       sync.Mutex
	episodes episodes
	save     chan struct{} // capacity 1: the file is out of date
}

// New restores what was open and returns an Annunciator that is silent until
// Run. A file that cannot be read is an error: somebody may be waiting for
// what is in it. The Annunciator is good all the same, and knows of nothing.
func New(outputs []Output, opts Opts) (*Annunciator, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Fault == nil {
		opts.Fault = func(string, error) {}
	}
	a := &Annunciator{opts: opts, places: map[string]bool{}, episodes: episodes{}, save: make(chan struct{}, 1)}
	for _, o := range outputs {
		a.outputs = append(a.outputs, &output{Output: o, wake: make(chan struct{}, 1)})
		a.places[o.Place] = true
	}
	saved, kept, err := load(opts.File)
	a.kept = kept
	for _, e := range saved {
		a.episodes[e.Episode] = e
	}
	return a, err
}

// Alert takes an alert, which must be on disk already, of a sensor at a place.
// A quiet one calls nobody.
func (a *Annunciator) Alert(al care.Alert, place string) {
	if al.Quiet() {
		return
	}
	a.change("alert", func(s episodes) bool {
		changed := s.alert(al, place)
		return a.opts.Ended != nil && s.forget(al.At) || changed
	})
}

// Kept is when what was open before the restart was written down, zero when
// nothing was. What came much earlier is in it, or is over.
func (a *Annunciator) Kept() time.Time { return a.kept }

// Answer takes what the stations say of episodes.
func (a *Annunciator) Answer(answers map[care.Episode]Answer) {
	a.change("answer", func(s episodes) (changed bool) {
		for id, to := range answers {
			changed = s.answer(id, to) || changed
		}
		return changed
	})
}

// Silence is a short press of the button: what rings is quiet, of high
// priority for as long as Reminder.
func (a *Annunciator) Silence(at time.Time) {
	a.change("silence", func(s episodes) bool { return s.silence(at) })
}

// Dismiss is the button held: what is silenced stays so, here.
func (a *Annunciator) Dismiss() {
	var list []care.Episode
	a.change("dismiss", func(s episodes) bool {
		list = s.dismiss()
		return len(list) > 0
	})
	if len(list) > 0 && a.opts.Ended != nil {
		a.opts.Ended(list)
	}
}

func (a *Annunciator) change(what string, f func(episodes) bool) {
	a.mu.Lock()
	changed := f(a.episodes)
	n := a.episodes.open()
	a.mu.Unlock()
	if !changed {
		return
	}
	a.opts.Log.Info("annunciator changed", "by", what, "open", n)
	for _, o := range a.outputs {
		poke(o.wake)
	}
	poke(a.save)
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Loudest returns the highest priority that rings anywhere, 0 for none, and
// how many episodes are not over.
func (a *Annunciator) Loudest(at time.Time) (care.Priority, int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, _ := a.episodes.loudest(at, func(string) bool { return true })
	return p, a.episodes.open()
}

// Technical returns the technical alerts that are not over. After a restart
// nobody else knows of them: a detector begins anew, and never clears what it
// raised in an earlier run.
func (a *Annunciator) Technical() []care.Alert {
	return a.list(func(e *episode) bool { return e.Kind.Technical() })
}

// Suspected returns the suspicions that were neither confirmed nor dropped.
// After a restart nobody else knows of them either.
func (a *Annunciator) Suspected() []care.Alert {
	return a.list(func(e *episode) bool { return e.Suspected })
}

// Calling returns the alerts about a person that were confirmed and that nobody
// ended.
func (a *Annunciator) Calling() []care.Alert {
	return a.list(func(e *episode) bool { return !e.Suspected && !e.Dismissed && !e.Kind.Technical() })
}

func (a *Annunciator) list(which func(*episode) bool) (list []care.Alert) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.episodes {
		if which(e) {
			list = append(list, care.Alert{Episode: e.Episode, Kind: e.Kind, State: care.Confirmed, Priority: e.Priority,
				Resident: e.Resident, Source: e.Source, Onset: e.Onset, At: e.Onset, Confidence: 1})
		}
	}
	slices.SortFunc(list, func(x, y care.Alert) int { return bytes.Compare(x.Episode[:], y.Episode[:]) })
	return list
}

// Run drives the outputs until ctx ends; then all pins are low.
func (a *Annunciator) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, o := range a.outputs {
		g.Go(func() error { return a.drive(ctx, o) })
	}
	if a.opts.Button != nil {
		g.Go(func() error { return a.watch(ctx) })
	}
	g.Go(func() error { return a.keep(ctx) })
	if err := g.Wait(); err != nil {
		return fmt.Errorf("local: %w", err)
	}
	return nil
}

// storeAgain is how soon a file that could not be written is tried again.
const storeAgain = 5 * time.Second

// keep writes the file whenever it is out of date, and again while the disk
// refuses it.
func (a *Annunciator) keep(ctx context.Context) error {
	failing := false
	again := time.NewTimer(0)
	again.Stop()
	defer again.Stop()
	for done := false; !done; {
		select {
		case <-a.save:
		case <-again.C:
		case <-ctx.Done():
			done = true
			select {
			case <-a.save:
			default:
				return nil
			}
		}
		a.mu.Lock()
		data := encode(a.episodes)
		a.mu.Unlock()
		err := store(a.opts.File, data)
		if (err != nil) != failing {
			failing = err != nil
			a.opts.Fault("file", err)
		}
		if failing {
			again.Reset(storeAgain)
		}
	}
	return nil
}
