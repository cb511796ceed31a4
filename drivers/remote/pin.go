package remote

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"osmanthus/drivers/remote/proto"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// Pin is a GPIO pin in another process. Its methods may be called concurrently.
type Pin struct {
	addr string
	link *link

	mu    sync.Mutex
	pull  gpio.Pull
	edge  gpio.Edge
	last  gpio.Level
	err   error
	edges *edgeLink // nil until In asks for edges
}

var _ gpio.PinIO = (*Pin)(nil)

// OpenPin connects to the pin at an address such as
// sim:unix:///run/home.sock#call-1. nil opts means no time-out.
func OpenPin(addr string, opts *Opts) (*Pin, error) {
	if opts == nil {
		opts = &Opts{}
	}
	l, err := newLink(addr, proto.KindPin, opts.Timeout)
	if err != nil {
		return nil, err
	}
	return &Pin{addr: addr, link: l}, nil
}

// In implements gpio.PinIn.
func (p *Pin) In(pull gpio.Pull, edge gpio.Edge) error {
	if _, err := p.request(proto.OpIn, byte(pull), byte(edge)); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pull, p.edge = pull, edge
	if edge == gpio.NoEdge || p.edges != nil {
		return nil
	}
	l, err := newLink(p.addr, proto.KindEdges, 0)
	if err != nil {
		return err
	}
	p.edges = &edgeLink{link: l}
	return nil
}

// Read implements gpio.PinIn. When the other process does not answer it returns
// the last level, and Err tells.
func (p *Pin) Read() gpio.Level {
	l, err := p.request(proto.OpRead)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err = err; err == nil {
		p.last = l
	}
	return p.last
}

// Err is why the last Read could not be answered, or nil.
func (p *Pin) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Out implements gpio.PinOut.
func (p *Pin) Out(l gpio.Level) error {
	var level byte
	if l {
		level = 1
	}
	_, err := p.request(proto.OpOut, level)
	return err
}

// Shift lets the other process make pulses on this pin and read the pin of the
// name data after each of the first 24: here they would be too long. It
// implements hx711.Shifter.
func (p *Pin) Shift(data string, pulses int) (bits uint32, err error) {
	p.link.call.Lock()
	defer p.link.call.Unlock()
	answer, err := p.link.request(append(append(proto.Begin(p.link.buf), proto.OpShift, byte(pulses)), data...))
	if err != nil {
		return 0, fmt.Errorf("remote: pin %s: %w", p.link.name, err)
	}
	if len(answer) != 4 {
		return 0, fmt.Errorf("remote: pin %s: %w", p.link.name, proto.ErrFrame)
	}
	return binary.LittleEndian.Uint32(answer), nil
}

func (p *Pin) request(payload ...byte) (gpio.Level, error) {
	p.link.call.Lock()
	defer p.link.call.Unlock()
	answer, err := p.link.request(append(proto.Begin(p.link.buf), payload...))
	if err != nil {
		return gpio.Low, fmt.Errorf("remote: pin %s: %w", p.link.name, err)
	}
	if len(answer) != 1 {
		return gpio.Low, fmt.Errorf("remote: pin %s: %w", p.link.name, proto.ErrFrame)
	}
	return answer[0] != 0, nil
}

// WaitForEdge implements gpio.PinIn.
func (p *Pin) WaitForEdge(timeout time.Duration) bool {
	p.mu.Lock()
	edges, want := p.edges, p.edge
	p.mu.Unlock()
	if edges == nil {
		return false
	}
	var end time.Time
	if timeout >= 0 {
		end = time.Now().Add(timeout)
	}
	for {
		level, err := edges.next(end)
		if err != nil {
			return false
		}
		if want == gpio.BothEdges || (want == gpio.RisingEdge) == bool(level) {
			return true
		}
	}
}

// Halt wakes WaitForEdge and ends the edges, until In asks for them again.
func (p *Pin) Halt() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.edges == nil {
		return nil
	}
	err := p.edges.link.close()
	p.edges = nil
	return err
}

// Close lets go of the pin; an output keeps its level. It is idempotent.
func (p *Pin) Close() error { return errors.Join(p.Halt(), p.link.close()) }

// PWM implements gpio.PinOut.
func (p *Pin) PWM(gpio.Duty, physic.Frequency) error {
	return errors.New("remote: pins have no PWM")
}

// Pull implements gpio.PinIn.
func (p *Pin) Pull() gpio.Pull {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pull
}

// DefaultPull implements gpio.PinIn.
func (p *Pin) DefaultPull() gpio.Pull { return gpio.PullNoChange }

// Name implements pin.Pin.
func (p *Pin) Name() string { return p.link.name }

// Number implements pin.Pin; a modelled pin has none.
func (p *Pin) Number() int { return -1 }

// Function implements pin.Pin.
func (p *Pin) Function() string { return "" }

// String is the address.
func (p *Pin) String() string { return p.addr }

// edgeLink is the connection on which the other process reports edges.
type edgeLink struct {
	link *link

	mu   sync.Mutex
	part [2 + edgeBytes]byte // a frame of which a time-out may have cut the reading
	have int
}

const edgeBytes = 9

// next waits for the next edge until end; a zero end waits for ever.
func (e *edgeLink) next(end time.Time) (gpio.Level, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.link.call.Lock()
	conn, err := e.link.connect()
	e.link.call.Unlock()
	if err != nil {
		return gpio.Low, err
	}
	if err := conn.SetReadDeadline(end); err != nil {
		return gpio.Low, err
	}
	for e.have < len(e.part) {
		n, err := conn.Read(e.part[e.have:])
		e.have += n
		if err != nil {
			if !isTimeout(err) {
				e.have = 0
				e.link.drop(conn)
			}
			return gpio.Low, err
		}
	}
	e.have = 0
	if binary.LittleEndian.Uint16(e.part[:]) != edgeBytes {
		e.link.drop(conn)
		return gpio.Low, proto.ErrFrame
	}
	return e.part[2] != 0, nil
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
