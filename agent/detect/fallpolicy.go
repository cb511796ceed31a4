package detect

import (
	"fmt"
	"time"

	"osmanthus/care"
)

// FallPolicy says how falls of one resident are handled. The zero value of
// each field means the default.
type FallPolicy struct {
	Resident care.ResidentID
	// WellWindow is how long after the impact the wearer can say "I am well"
	// before anybody is called. The default is as long as the detector needs to
	// be sure, and no longer; at most MaxWellWindow.
	WellWindow time.Duration
	// LongLie is how long after the impact somebody who is not known to have
	// got up is told of again. The default is DefaultLongLie.
	LongLie time.Duration
}

const (
	// MaxWellWindow leaves room for a tick and for a block on its way: a fall
	// is confirmed 30 s after the impact at the latest.
	MaxWellWindow = 28 * time.Second
	// DefaultLongLie is early on purpose, see fallepisode.md.
	DefaultLongLie = 5 * time.Minute
	minLongLie     = time.Minute
	maxLongLie     = time.Hour
)

// check says what is wrong with a policy.
func (p FallPolicy) check() error {
	switch {
	case p.WellWindow < 0 || p.WellWindow > MaxWellWindow:
		return fmt.Errorf("the well window of resident %q is %v: 0 to %v", p.Resident, p.WellWindow, MaxWellWindow)
	case p.LongLie != 0 && (p.LongLie < minLongLie || p.LongLie > maxLongLie):
		return fmt.Errorf("the long lie of resident %q is %v: %v to %v", p.Resident, p.LongLie, minLongLie, maxLongLie)
	}
	return nil
}

// fallPolicy returns the policy of a resident.
func (p Plan) fallPolicy(r care.ResidentID) FallPolicy {
	policy := FallPolicy{Resident: r}
	for _, f := range p.Falls {
		if f.Resident == r {
			policy = f
		}
	}
	if policy.LongLie == 0 {
		policy.LongLie = DefaultLongLie
	}
	return policy
}
