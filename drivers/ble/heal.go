package ble

import (
	"context"
	"time"
)

// Rung is one thing that can be done about a radio that hears nothing.
type Rung struct {
	Name string // in lower case, for the log: "restart scan"
	// Wait is how long it takes, at most, until the radio hears again if this
	// helps; Heal is given no longer, and the next rung comes after it.
	Wait time.Duration
	// Harsh says that it ends connections.
	Harsh bool
}

// Healer is a Radio about which something can be done. It says what; when it is
// done is judged above it, where it is known who hears what.
type Healer interface {
	Radio
	// Rungs are what can be tried, the gentlest first; always the same.
	Rungs() []Rung
	// Heal does the rung of that index, within the deadline of ctx, and may be
	// called while Scan and connections are under way: Scan may fail of it and
	// has to be called again, connections may end. An error says that the rung
	// could not be done, as for want of a right; nil does not say that it helped.
	Heal(ctx context.Context, rung int) error
}
