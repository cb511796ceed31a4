package lines

import (
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Wiring is how a contact rests.
type Wiring uint8

// Wirings.
const (
	NormallyOpen   Wiring = iota // Active closes the contact
	NormallyClosed               // Active, or a cut wire, opens it
)

// String names the wiring.
func (w Wiring) String() string {
	if w == NormallyClosed {
		return "normally closed"
	}
	return "normally open"
}

// Opts says how a contact is wired to a pin; a zero field takes the value of
// DefaultOpts.
type Opts struct {
	Wiring Wiring
	// Pull is the pin's own resistor: PullUp for a contact to ground, PullDown
	// for a contact to the supply, Float for resistors on the board.
	Pull gpio.Pull
	// ClosedHigh says, for Float only, that a closed contact reads High.
	ClosedHigh bool
	// Debounce is how long a level must hold before it counts, 1 ms to 1 s.
	Debounce time.Duration
	// Poll is how often the level is read although no edge was reported, at
	// most 100 ms. What lasts Debounce + Poll is never missed.
	Poll time.Duration
}

// DefaultOpts is a contact between pin and ground; what lasts 50 ms counts.
var DefaultOpts = Opts{
	Wiring: NormallyOpen, Pull: gpio.PullUp,
	Debounce: 30 * time.Millisecond, Poll: 20 * time.Millisecond,
}

func (o *Opts) orDefault() (Opts, error) {
	v := DefaultOpts
	if o != nil {
		v.Wiring, v.ClosedHigh = o.Wiring, o.ClosedHigh
		if o.Pull != gpio.PullNoChange {
			v.Pull = o.Pull
		}
		if o.Debounce != 0 {
			v.Debounce = o.Debounce
		}
		if o.Poll != 0 {
			v.Poll = o.Poll
		}
	}
	switch {
	case v.Wiring > NormallyClosed:
		return v, fmt.Errorf("lines: wiring %d does not exist", v.Wiring)
	case v.Pull == gpio.PullUp && v.ClosedHigh:
		return v, fmt.Errorf("lines: a contact that pulls High needs PullDown or Float, not PullUp")
	}
	v.ClosedHigh = v.ClosedHigh || v.Pull == gpio.PullDown
	return v, checkRhythm(v.Debounce, v.Poll)
}

func checkRhythm(debounce, poll time.Duration) error {
	if debounce < time.Millisecond || debounce > time.Second {
		return fmt.Errorf("lines: debounce %v is not within 1 ms and 1 s", debounce)
	}
	if poll < time.Millisecond || poll > 100*time.Millisecond {
		return fmt.Errorf("lines: poll %v is not within 1 ms and 100 ms", poll)
	}
	return nil
}

// state is what a level means.
func (o *Opts) state(l gpio.Level) State {
	closed := bool(l) == o.ClosedHigh
	if closed == (o.Wiring == NormallyOpen) {
		return Active
	}
	return Rest
}
