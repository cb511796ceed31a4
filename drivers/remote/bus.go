package remote

import (
	"fmt"
	"time"

	"osmanthus/drivers/remote/proto"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

// Opts bounds how long a transaction may take.
type Opts struct {
	// Timeout ends a transaction with ETIMEDOUT. Zero waits for ever, as some
	// adapters do, until Close.
	Timeout time.Duration
}

// Bus is an I²C bus in another process. Transactions are done one at a time;
// each costs one round trip. After a failed connection the next transaction
// connects again.
type Bus struct {
	addr string
	link *link
}

var _ i2c.BusCloser = (*Bus)(nil)

// OpenBus connects to the bus at an address such as
// sim:unix:///run/home.sock#bed-1. nil opts means no time-out.
func OpenBus(addr string, opts *Opts) (*Bus, error) {
	if opts == nil {
		opts = &Opts{}
	}
	l, err := newLink(addr, proto.KindBus, opts.Timeout)
	if err != nil {
		return nil, err
	}
	return &Bus{addr: addr, link: l}, nil
}

// Tx implements i2c.Bus. An error carries the errno that a kernel's adapter
// would have given: EREMOTEIO, ENXIO, ETIMEDOUT, EIO.
func (b *Bus) Tx(addr uint16, w, r []byte) error {
	if len(r) > proto.MaxFrame-1 || len(w) > proto.MaxFrame-5 {
		return fmt.Errorf("remote: transfer of %d and %d bytes is too long", len(w), len(r))
	}
	b.link.call.Lock()
	defer b.link.call.Unlock()
	answer, err := b.link.request(proto.AppendTx(proto.Begin(b.link.buf), addr, w, len(r)))
	if err != nil {
		return fmt.Errorf("remote: %s: %w", b.link.name, err)
	}
	if len(answer) != len(r) {
		return fmt.Errorf("remote: %s: %w: %d bytes for %d", b.link.name, proto.ErrFrame, len(answer), len(r))
	}
	copy(r, answer)
	return nil
}

// Unwedge clocks the bus nine times, so that a chip that holds the data line low
// lets go of it.
func (b *Bus) Unwedge() error {
	b.link.call.Lock()
	defer b.link.call.Unlock()
	if _, err := b.link.request(append(proto.Begin(b.link.buf), proto.OpUnwedge)); err != nil {
		return fmt.Errorf("remote: unwedging %s: %w", b.link.name, err)
	}
	return nil
}

// SetSpeed implements i2c.Bus; a model has no speed.
func (b *Bus) SetSpeed(physic.Frequency) error { return nil }

// Close ends a transaction that is waiting, with an error. It is idempotent.
func (b *Bus) Close() error { return b.link.close() }

// String is the address.
func (b *Bus) String() string { return b.addr }
