package sense

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/gpio"

	"osmanthus/care"
	"osmanthus/drivers"
)

// reader is one driver being read.
type reader interface {
	// read looks once, and gives e what there is. A reader without a rhythm of
	// its kind waits inside, until there is something, the context ends or
	// about a second has passed.
	read(ctx context.Context, e *emitter) error
	halt() error
}

// parts are what constructors of readers may use.
type parts struct {
	bus     *guard
	line    *guard // of a supervised line, or of a battery
	openPin func(name string) (gpio.PinIO, error)

	openPort func(addr string, baud int) (io.ReadWriteCloser, error)
	rate     int // baud rate at which a module was heard last, 0 for never
	vain     int // how often it was not heard since then
}

// runner runs one sensor.
type runner struct {
	sensor Sensor
	kind   Kind
	parts  parts
	emit   emitter
	log    *slog.Logger

	row    int  // faults in a row
	barren bool // it answered the last time for mute, and brought no sample
	losses losses

	state   atomic.Int32 // last care.SensorState, -1 before the first
	faults  atomic.Uint64
	panics  atomic.Uint64
	lost    atomic.Uint64
	samples atomic.Uint64
}

func (s *Sense) newRunner(sensor Sensor) (*runner, error) {
	k, err := kindByName(sensor.Kind)
	if err != nil {
		return nil, err
	}
	if k.open == nil {
		return nil, fmt.Errorf("sense: sensor %q: a %s is heard by radio only", sensor.ID, k.Name)
	}
	r := &runner{sensor: sensor, kind: k, log: s.log.With("source", string(sensor.ID)), parts: parts{openPin: s.opts.OpenPin, openPort: s.opts.OpenPort}}
	if len(k.Addresses) > 0 {
		if r.parts.bus = s.buses[sensor.Bus]; r.parts.bus == nil {
			return nil, fmt.Errorf("sense: sensor %q: no bus %q", sensor.ID, sensor.Bus)
		}
		if sensor.Address == 0 {
			r.sensor.Address = k.Addresses[0]
		}
	}
	if l := cmp.Or(sensor.Line, sensor.Battery); l != nil {
		if r.parts.line = s.buses[l.Bus]; r.parts.line == nil {
			return nil, fmt.Errorf("sense: sensor %q: no bus %q", sensor.ID, l.Bus)
		}
	}
	if sensor.Rate == 0 {
		r.sensor.Rate = k.Rate
	}
	r.state.Store(-1)
	r.emit = emitter{sink: s.sink, sensor: &r.sensor, simulated: s.simulated(&r.sensor), runner: r}
	return r, nil
}

// simulated reports whether a model feeds the sensor: its readings say so.
func (s *Sense) simulated(sensor *Sensor) bool {
	device := sensor.Pin
	if sensor.Port != "" {
		device = sensor.Port
	}
	if sensor.Line != nil {
		device = s.buses[sensor.Line.Bus].bus.Device
	} else if sensor.Bus != "" {
		device = s.buses[sensor.Bus].bus.Device
	}
	return strings.HasPrefix(device, "sim:")
}

// run opens and reads the sensor, again and again, until ctx ends.
func (r *runner) run(ctx context.Context) {
	rest := firstRest
	for ctx.Err() == nil {
		began := time.Now()
		err := r.session(ctx)
		if ctx.Err() != nil {
			return
		}
		r.fault(err)
		r.emit.gap = true
		if time.Since(began) > 2*lastRest { // it worked: this is a new trouble
			rest = firstRest
		}
		if errors.Is(err, drivers.ErrRestarted) && rest == firstRest {
			rest = 2 * firstRest // at once, once
			continue
		}
		r.pause(ctx, rest*3/4+rand.N(rest/2)) // never in step with its siblings
		rest = min(2*rest, lastRest)
	}
}

// pause waits, and says on the way that the sensor is still what it was.
func (r *runner) pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
	r.repeat(time.Now())
}

// session is one life of a driver, from its constructor to a fault that it
// does not get over.
func (r *runner) session(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.panics.Add(1)
			r.faults.Add(1)
			r.row++
			r.log.Error("driver panicked", "value", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = &panicError{p}
		}
	}()
	if r.kind.mute > 0 { // that its line opens says nothing about the module
		r.barren = true
	}
	dev, err := r.kind.open(&r.sensor, &r.parts)
	if err != nil {
		r.faults.Add(1)
		r.row++
		return err
	}
	defer func() {
		if e := dev.halt(); e != nil && err == nil && ctx.Err() != nil {
			r.log.Info("sensor left running", "error", e)
		}
	}()
	every := r.kind.every
	if every == 0 && r.kind.Rate > 0 {
		every = time.Duration(float64(time.Second) / r.sensor.Rate)
	}
	silent := r.kind.mute
	if silent == 0 {
		silent = mute
	}
	beat := newRhythm(every)
	defer beat.stop()
	fed, taken := time.Now(), r.samples.Load()
	for ctx.Err() == nil {
		if !beat.wait(ctx) {
			return nil
		}
		err := dev.read(ctx, &r.emit)
		now := time.Now()
		switch n := r.samples.Load(); {
		case n != taken || r.kind.Rate == 0:
			fed, taken, r.barren = now, n, false
		case err != nil:
			fed = now // it did not answer: that is counted below
		}
		if err == nil && now.Sub(fed) < silent {
			r.row = 0
			if !r.barren {
				r.works(now)
			}
			continue
		}
		if err == nil {
			r.faults.Add(1)
			r.barren = true
			return errMute
		}
		r.faults.Add(1)
		r.row++
		if !r.bearable(err) {
			return err
		}
		r.log.Debug("reading failed", "error", err, "row", r.row)
		if hung := (*hungError)(nil); errors.As(err, &hung) {
			beat.rest(afterHang) // its siblings first
		}
	}
	return nil
}

// errMute ends the session of a sensor that answers and measures nothing, as
// one whose FIFO was switched off by a spike: the next session sets it up.
var errMute = errors.New("sense: the sensor answers, and measures nothing")

// partError is a fault of a part of a sensor: it is said, and the rest is watched
// on.
type partError struct{ error }

func (e *partError) Unwrap() error { return e.error }

// bearable reports whether a session goes on after an error.
func (r *runner) bearable(err error) bool {
	hung, part := (*hungError)(nil), (*partError)(nil)
	switch {
	case errors.As(err, &part):
		if r.row >= maxFaults {
			r.say(care.SensorSilent, time.Now())
		}
		return true
	case errors.As(err, &hung):
		// Once may be a machine that was busy: the FIFO bridges it. Twice in a
		// row it is the chip, and costs its siblings too much.
		return r.row < 2
	case errors.Is(err, errBusStuck):
		// Another's fault. Trying is cheap, and the first success is enough.
		if r.row >= maxFaults {
			r.say(care.SensorBusStuck, time.Now())
		}
		return true
	case errors.Is(err, drivers.ErrRestarted), errors.Is(err, drivers.ErrHalted), errors.Is(err, drivers.ErrForeign):
		return false
	}
	return r.row < maxFaults
}

// fault judges why a session ended.
func (r *runner) fault(err error) {
	state := care.SensorSilent
	identity := (*drivers.IdentityError)(nil)
	switch {
	case errors.As(err, &identity), errors.Is(err, drivers.ErrForeign):
		state = care.SensorWrong
	case errors.Is(err, errBusStuck):
		state = care.SensorBusStuck
	}
	r.log.Warn("sensor fails", "error", err, "row", r.row)
	// One hung transaction, or one dip of the supply, is no news yet.
	if r.row >= maxFaults || r.barren || state == care.SensorWrong {
		r.say(state, time.Now())
	}
}

// works says that the sensor works, or that it answers and loses samples.
func (r *runner) works(now time.Time) {
	state := care.SensorWorks
	if r.losses.many(now) {
		state = care.SensorLosing
	}
	r.say(state, now)
}

// say reports a state when it is news, or was said long ago.
func (r *runner) say(state int, now time.Time) {
	if int(r.state.Load()) != state {
		r.log.Info("sensor state changed", "from", r.state.Load(), "to", state)
		r.state.Store(int32(state))
		r.emit.stateAt = time.Time{}
	}
	r.repeat(now)
}

func (r *runner) repeat(now time.Time) {
	state := r.state.Load()
	if state < 0 || !r.emit.stateAt.IsZero() && now.Sub(r.emit.stateAt) < stateEvery {
		return
	}
	r.emit.stateAt = now
	r.emit.reading(care.SensorState, float64(state), 100, now, now)
}

// overrun notes that samples were lost.
func (r *runner) overrun(now time.Time) {
	r.lost.Add(1)
	r.losses.add(now)
}

// losses remembers the last losses of samples. One now and then is a gap; a
// sensor is losing from the fifth within a minute on, which is some 3 % of its
// samples, until half a minute has passed without.
type losses struct {
	at     [5]time.Time
	n      int
	losing bool
}

func (l *losses) add(now time.Time) {
	l.at[l.n%len(l.at)] = now
	l.n++
	if first := l.at[l.n%len(l.at)]; l.n >= len(l.at) && now.Sub(first) < time.Minute {
		l.losing = true
	}
}

func (l *losses) many(now time.Time) bool {
	if l.losing && now.Sub(l.at[(l.n-1)%len(l.at)]) > 30*time.Second {
		l.losing = false
	}
	return l.losing
}
