package sense

import (
	"errors"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers/drycontact"

	"periph.io/x/conn/v3/gpio"
)

// output is a pin of a chip that can be pulled out, or be shorted.
type output struct {
	gpio.PinIO
	level, short gpio.Level
	stuck        bool
	err          error
	closed       int
}

func (o *output) Name() string                  { return "out" }
func (o *output) String() string                { return "out" }
func (o *output) Err() error                    { return o.err }
func (o *output) In(gpio.Pull, gpio.Edge) error { return o.err }
func (o *output) Close() error                  { o.closed++; return nil }

func (o *output) Out(l gpio.Level) error {
	o.level = l
	return o.err
}

func (o *output) Read() gpio.Level {
	if o.stuck {
		return o.short
	}
	return o.level
}

// A siren whose chip was pulled out sounds again when it is back.
func TestA2_APinThatFailsIsOpenedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chip := &output{}
		opened := 0
		p := &Pin{name: "siren", open: func(string) (gpio.PinIO, error) { opened++; return chip, nil }}
		if err := p.Out(gpio.High); err != nil || !chip.level {
			t.Fatalf("%v", err)
		}
		chip.err = syscall.ENODEV
		if err := p.Out(gpio.Low); !errors.Is(err, syscall.ENODEV) || chip.closed != 1 {
			t.Errorf("%v, closed %d times", err, chip.closed)
		}
		chip.err = nil
		if err := p.Out(gpio.High); !errors.Is(err, syscall.ENODEV) || opened != 1 {
			t.Errorf("at once: %v, opened %d times", err, opened)
		}
		time.Sleep(reopen)
		if err := p.Out(gpio.High); err != nil || opened != 2 || !chip.level {
			t.Errorf("later: %v, opened %d times", err, opened)
		}
		// What is driven and does not seem to follow stays driven: a load may pull its
		// level down, and it sounds all the same.
		chip.stuck = true
		for range 3 {
			if err := p.Out(gpio.High); !errors.Is(err, drycontact.ErrNotDriven) || chip.closed != 1 || chip.level != gpio.High {
				t.Errorf("a siren that reads otherwise: %v, closed %d times", err, chip.closed)
			}
		}
	})
}

func TestA2_AButtonThatCannotBeReadIsAtRestAndReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chip := &output{}
		p := &Pin{name: "button", open: func(string) (gpio.PinIO, error) { return chip, nil }}
		if err := p.In(gpio.PullUp, gpio.NoEdge); err != nil || p.Read() != gpio.Low {
			t.Fatalf("%v", err)
		}
		chip.err = syscall.EIO
		for range 2 {
			if p.Read() != gpio.High || chip.closed != 1 {
				t.Errorf("closed %d times", chip.closed)
			}
		}
		chip.err = nil
		time.Sleep(reopen)
		if p.Read() != gpio.Low {
			t.Error("it is not read again")
		}
	})
}
