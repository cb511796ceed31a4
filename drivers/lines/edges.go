package lines

import (
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"
)

const (
	// edgeWait is how long one wait for an edge may take, so that a pin whose
	// Halt does not end it is still left in bounded time.
	edgeWait = 500 * time.Millisecond
	// edgeRest is the least time between two waits: where WaitForEdge returns
	// at once without an edge, it costs 100 calls a second and not a core.
	edgeRest = 10 * time.Millisecond
	// edgeBroken is the rest on a pin whose waits mean nothing: one ended at once
	// empty-handed (and may log each attempt), or edgeHasty in a row ended at
	// once with an "edge". The level poll serves.
	edgeBroken = 5 * time.Second
	edgeHasty  = 20
	// atOnce is how short a wait is that was none.
	atOnce = time.Millisecond
)

// edgeWatch is the goroutine that waits for edges of a pin.
type edgeWatch struct {
	pin  gpio.PinIn
	end  chan struct{}
	done chan struct{}
}

func watchEdges(pin gpio.PinIn, edge chan<- struct{}) *edgeWatch {
	w := &edgeWatch{pin: pin, end: make(chan struct{}), done: make(chan struct{})}
	go w.run(edge)
	return w
}

func (w *edgeWatch) run(edge chan<- struct{}) {
	defer close(w.done)
	rest := time.NewTimer(0)
	defer rest.Stop()
	hasty := 0
	for {
		select {
		case <-w.end:
			return
		case <-rest.C:
		}
		began := time.Now()
		seen := w.pin.WaitForEdge(edgeWait)
		if seen {
			select {
			case edge <- struct{}{}:
			default: // one is waiting already
			}
		}
		if time.Since(began) >= atOnce {
			hasty = 0
		} else if hasty++; !seen || hasty > edgeHasty {
			rest.Reset(edgeBroken)
			continue
		}
		rest.Reset(edgeRest)
	}
}

// stop ends the goroutine and waits for it, but not for ever: a WaitForEdge
// that neither times out nor heeds the pin's Halt cannot be ended.
func (w *edgeWatch) stop() error {
	close(w.end)
	err := w.pin.Halt()
	limit := time.NewTimer(2 * edgeWait)
	defer limit.Stop()
	select {
	case <-w.done:
	case <-limit.C:
		return fmt.Errorf("lines: halting %s: its edge wait does not return", w.pin.Name())
	}
	if err != nil {
		return fmt.Errorf("lines: halting %s: %w", w.pin.Name(), err)
	}
	return nil
}
