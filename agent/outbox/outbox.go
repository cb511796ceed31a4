// Package outbox keeps what was not delivered yet, as opaque bytes: a segment
// log on flash with CRC32C frames and group commit, and its twin in memory.
package outbox

import (
	"errors"
	"log/slog"
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
// numbers rise.
type Key struct {
	Class     Class
	Boot, Seq uint64
}

// Span is a run of sequence numbers of one boot, both ends included.
type Span struct{ Boot, From, To uint64 }

// MaxPayload is the largest record in bytes.
const MaxPayload = 256 << 10

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
}

// Outbox holds two lanes. All methods are safe for concurrent use.
type Outbox struct{}

// Open opens or makes the outbox in the folder dir and locks it. It fails,
// with the reason, on a folder that cannot be written or is locked: the caller
// may go on with NewMemory, and must say so aloud.
func Open(dir string, o Opts) (*Outbox, error) { return nil, errors.New("outbox: not built yet") }

// NewMemory returns an outbox that ends with the process.
func NewMemory(o Opts) (*Outbox, error) { return &Outbox{}, nil }

// Put adds a record and keeps no reference to the payload. An alert is on disk
// when Put returns nil; on an error that wraps ErrVolatile it is kept in memory
// and will be delivered all the same. Telemetry is durable, and seen by Next,
// after the following Commit.
func (o *Outbox) Put(k Key, payload []byte) error { return nil }

// Commit makes durable what was put and acknowledged so far. The agent calls it
// every second.
func (o *Outbox) Commit() error { return nil }

// Alerts is the lane of the alerts.
func (o *Outbox) Alerts() *Lane { return &Lane{} }

// Telemetry is the lane of the telemetry.
func (o *Outbox) Telemetry() *Lane { return &Lane{} }

// Dropped names the telemetry that was given up or lost, and that the other
// side has not closed yet, so that nobody waits for it.
func (o *Outbox) Dropped() []Span { return nil }

// Stats counts what the outbox holds and what it lost.
func (o *Outbox) Stats() Stats { return Stats{} }

// Close commits, gives the lock back and ends the outbox.
func (o *Outbox) Close() error { return nil }

// Stats are the figures of an outbox. The counters run since it was opened.
type Stats struct {
	Alerts, Telemetry uint64 // records that are not acknowledged
	PendingBytes      uint64 // their payload in bytes, telemetry to within a segment
	DiskBytes         int64  // what the segments occupy
	WrittenBytes      uint64 // counter: bytes written, preallocation included
	EvictedRecords    uint64 // counter: telemetry given up because the outbox was full
	LostRecords       uint64 // counter: records that damage on the disk took
	DiskErrors        uint64 // counter: writes that the disk refused
	Volatile          bool   // some records are in memory only, because the disk refuses
}

// Lane is the queue of one class. Positions rise in the order of Put; they are
// good for one run of the process.
type Lane struct{}

// Next returns the first record at or after position from that is committed
// and not acknowledged. The payload is the caller's.
func (l *Lane) Next(from uint64) (pos, boot, seq uint64, payload []byte, ok bool) {
	return 0, 0, 0, nil, false
}

// End returns the position that the next record will get.
func (l *Lane) End() uint64 { return 0 }

// Ack says that the other side's application has the records first to last of
// a boot. They are never returned again; their space is freed with the last
// record of their segment.
func (l *Lane) Ack(boot, first, last uint64) {}

// Missing says that the other side lacks first to last of a boot. What is held
// waits again; what is not is named by Dropped.
func (l *Lane) Missing(boot, first, last uint64) {}
