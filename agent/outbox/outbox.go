// Package outbox keeps what was not delivered yet, as opaque bytes: a segment
// log on flash with CRC32C frames and group commit, and its twin in memory.
package outbox

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"slices"
)

// Class says which lane a record waits in.
type Class uint8

const (
	// Alert: durable when Put returns, never evicted.
	Alert Class = iota + 1
	// Telemetry: durable after the next Commit, evicted oldest first when the
	// outbox is full.
	Telemetry
)

// Key names a record. Boot and Seq are not 0; within a class and boot the
// numbers rise without holes.
type Key struct {
	Class     Class
	Boot, Seq uint64
}

// Span is a run of sequence numbers of one boot, both ends included.
type Span struct{ Boot, From, To uint64 }

// MaxPayload is the largest record in bytes.
const MaxPayload = 256 << 10

// Sizes of segments in bytes: the larger, the fewer files and the less is
// written besides the payload; the smaller, the less is given up at once.
const (
	maxSegment  = 1 << 20
	minSegment  = 512 << 10
	minBytes    = 8 * minSegment
	maxMemory   = 16 << 20
	defaultSize = 1 << 30
)

const (
	alertPrefix     = "alerts"
	telemetryPrefix = "telemetry"
)

// Errors that callers tell apart.
var (
	// ErrVolatile is wrapped by Put(Alert) and Commit when the disk refused:
	// what was put is kept in memory and will be sent, and is written as soon
	// as the disk takes it again; a power cut before that loses it.
	ErrVolatile = errors.New("kept in memory only")
	// ErrLocked is wrapped by Open when another process has the directory.
	ErrLocked = errors.New("in use by another process")
	// ErrTooLarge is wrapped by Put for a payload above MaxPayload.
	ErrTooLarge = errors.New("record too large")
	// ErrClosed is wrapped by everything after Close.
	ErrClosed = errors.New("closed")
)

// Opts are the limits of an outbox.
type Opts struct {
	// MaxBytes bounds what the outbox occupies on disk, preallocated segments
	// included; 0 means 1 GiB, below 4 MiB Open refuses. Alerts alone may pass
	// it.
	MaxBytes int64
	// Logger hears of evictions, damage and disk errors; nil is silent.
	Logger *slog.Logger

	segment int // size of a segment, for tests
}

// Outbox holds two lanes. All methods are safe for concurrent use.
type Outbox struct {
	alerts, telemetry *Lane
	space             *space
}

// Open opens or makes the outbox in the folder dir and locks it. It fails,
// with the reason, on a folder that cannot be written, is locked, or was
// written by a later version: the caller may go on with Rescue, and must say so
// aloud.
func Open(dir string, o Opts) (*Outbox, error) {
	f, err := openOSFiles(dir)
	if err != nil {
		return nil, fmt.Errorf("outbox: opening %s: %w", dir, err)
	}
	out, err := open(f, o)
	if err != nil {
		f.close()
		return nil, fmt.Errorf("outbox: opening %s: %w", dir, err)
	}
	return out, nil
}

// NewMemory returns an outbox that ends with the process and occupies 16 MiB at
// most, whatever o says.
func NewMemory(o Opts) (*Outbox, error) {
	out, err := openMemory(newMemFiles(), o)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	return out, nil
}

// Rescue returns an outbox in memory, as NewMemory does, that holds the alerts
// which can be read in the folder dir: for a disk that Open refuses because it
// cannot be written any more. What could not be read is logged. Nothing on the
// disk changes: when it works again its alerts are sent again.
func Rescue(dir string, o Opts) (*Outbox, error) {
	f := newMemFiles()
	failed := f.fill(dir, alertPrefix)
	out, err := openMemory(f, o)
	if err != nil {
		return nil, fmt.Errorf("outbox: rescuing %s: %w", dir, err)
	}
	if failed != nil {
		out.space.log.Error("alerts on the disk cannot be read", "dir", dir, "error", failed)
	}
	return out, nil
}

func openMemory(f files, o Opts) (*Outbox, error) {
	o.MaxBytes = min(cmp.Or(o.MaxBytes, maxMemory), maxMemory)
	return open(f, o)
}

func open(f files, o Opts) (*Outbox, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultSize
	}
	if o.MaxBytes < minBytes {
		return nil, fmt.Errorf("a limit of %d bytes is too small, at least %d are needed", o.MaxBytes, minBytes)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	log := o.Logger
	sp := &space{files: f, log: log, max: o.MaxBytes}
	sp.segSize = int(min(maxSegment, max(minSegment, o.MaxBytes/16/pageSize*pageSize)))
	if o.segment > 0 {
		sp.segSize = o.segment
	}
	names, err := f.list()
	if err != nil {
		return nil, err
	}
	out := &Outbox{space: sp}
	sp.evict = func() bool { return out.telemetry.evictOldest() }
	if slices.Contains(names, spareName) {
		if err := sp.adoptSpare(); err != nil {
			return nil, err
		}
	}
	if out.alerts, err = loadLane(Alert, alertPrefix, names, sp, log); err != nil {
		return nil, err
	}
	if out.telemetry, err = loadLane(Telemetry, telemetryPrefix, names, sp, log); err != nil {
		return nil, err
	}
	// The first segments are made now: a folder that cannot be written says so
	// here, and the first alert finds its place ready.
	if err := errors.Join(out.alerts.prepare(), out.telemetry.prepare()); err != nil {
		return nil, err
	}
	return out, nil
}

func (o *Outbox) lane(c Class) *Lane {
	if c == Alert {
		return o.alerts
	}
	return o.telemetry
}

// Put adds a record and keeps no reference to the payload. An alert is on disk
// when Put returns nil; on an error that wraps ErrVolatile it is kept in memory
// and will be delivered all the same. A disk that hangs counts as refusing
// after 2 s: nobody waits longer for a lamp. Telemetry is durable, and seen by
// Next, after the following Commit.
func (o *Outbox) Put(k Key, payload []byte) error {
	if k.Class != Alert && k.Class != Telemetry || k.Boot == 0 || k.Seq == 0 {
		return fmt.Errorf("outbox: putting %+v: malformed key", k)
	}
	if len(payload) > MaxPayload {
		return fmt.Errorf("outbox: putting %+v of %d bytes: %w", k, len(payload), ErrTooLarge)
	}
	l := o.lane(k.Class)
	pos, err := l.put(k.Boot, k.Seq, payload)
	if err == nil && k.Class == Alert {
		err = l.commitWithin(maxWait, pos+1)
	}
	if err != nil {
		return fmt.Errorf("outbox: putting %+v: %w", k, err)
	}
	return nil
}

// Commit makes durable what was put and acknowledged so far. The agent calls it
// every second, from a goroutine that detection does not wait for: it takes as
// long as the disk does. An error wraps ErrVolatile: the next Commit tries
// again.
func (o *Outbox) Commit() error {
	if err := errors.Join(o.alerts.commit(0), o.telemetry.commit(0)); err != nil {
		return fmt.Errorf("outbox: committing: %w", err)
	}
	return nil
}

// Alerts is the lane of the alerts.
func (o *Outbox) Alerts() *Lane { return o.alerts }

// Telemetry is the lane of the telemetry.
func (o *Outbox) Telemetry() *Lane { return o.telemetry }

// Dropped names the telemetry that was given up or lost, and that the other
// side has not covered yet, so that nobody waits for it.
func (o *Outbox) Dropped() []Span { return o.telemetry.dropped() }

// Close commits, gives the lock back and ends the outbox.
func (o *Outbox) Close() error {
	err := errors.Join(o.alerts.close(), o.telemetry.close())
	if err = errors.Join(err, o.space.files.close()); err != nil {
		return fmt.Errorf("outbox: closing: %w", err)
	}
	return nil
}
