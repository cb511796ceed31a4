package sense

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"

	"osmanthus/drivers/drycontact"
	"osmanthus/drivers/lines"
)

// Pin is a pin that is opened when it is first needed, and again if that
// failed: a lamp must not depend on what was there when the agent started.
type Pin struct {
	name string
	open func(name string) (gpio.PinIO, error)

	mu   sync.Mutex
	pin  gpio.PinIO
	pull gpio.Pull
	in   bool
	err  error
	next time.Time // not to be opened before
}

// NewPin returns the pin of that name, unopened.
func NewPin(name string) *Pin { return &Pin{name: name, open: OpenPin} }

// reopen is how soon a pin that could not be opened is tried again.
const reopen = time.Second

// use opens the pin if it is not; p.mu is held.
func (p *Pin) use() error {
	if p.pin != nil {
		return nil
	}
	now := time.Now()
	if p.err != nil && now.Before(p.next) {
		return p.err
	}
	p.pin, p.err = p.open(p.name)
	if p.err != nil {
		p.pin, p.next = nil, now.Add(reopen)
		return p.err
	}
	if p.in {
		if err := p.pin.In(p.pull, gpio.NoEdge); err != nil {
			p.drop(err)
		}
	}
	return p.err
}

// drop gives up a pin that failed: its chip may have been pulled out, and only
// opening it again finds the new one.
func (p *Pin) drop(err error) {
	if c, ok := p.pin.(io.Closer); ok {
		err = errors.Join(err, c.Close())
	}
	p.pin, p.err, p.next = nil, err, time.Now().Add(reopen)
}

// Out drives the pin, and looks whether it follows. A pin that is driven and does
// not seem to follow stays driven, and the error says so: some chips cannot be
// read back, a load may pull the level down, and the siren sounds all the same.
func (p *Pin) Out(l gpio.Level) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.use(); err != nil {
		return err
	}
	if err := p.pin.Out(l); err != nil {
		p.drop(err)
		return err
	}
	switch seen, err := lines.Level(p.pin); {
	case err != nil:
		return fmt.Errorf("sense: %s is driven and cannot be read back: %w", p.name, err)
	case seen != l:
		return fmt.Errorf("sense: %s is driven: %w", p.name, drycontact.ErrNotDriven)
	}
	return nil
}

// In makes the pin an input, now or when it can be opened.
func (p *Pin) In(pull gpio.Pull, _ gpio.Edge) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	opened := p.pin != nil
	p.in, p.pull = true, pull
	if err := p.use(); err != nil || !opened {
		return nil // Read tries again
	}
	if err := p.pin.In(pull, gpio.NoEdge); err != nil {
		p.drop(err)
	}
	return nil
}

// Read returns the level; High, a button at rest, while the pin cannot be read.
func (p *Pin) Read() gpio.Level {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.use() != nil {
		return gpio.High
	}
	l, err := lines.Level(p.pin)
	if err != nil {
		p.drop(err)
		return gpio.High
	}
	return l
}

// String is the pin's name.
func (p *Pin) String() string { return p.name }
