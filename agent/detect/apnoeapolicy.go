package detect

import (
	"fmt"
	"time"

	"osmanthus/care"
)

// ApnoeaPolicy makes pauses of breathing of one resident urgent later, until it
// expires: of somebody who is known to have them. Somebody answers for it.
// That a pause of 10 s is said, as Low, stays.
type ApnoeaPolicy struct {
	Resident care.ResidentID
	Medium   time.Duration // after which a pause is of medium priority; 0 means 20 s
	High     time.Duration // and of high priority; 0 means 30 s
	By, Why  string        // who decided it and why; both required
	Until    time.Time     // required
}

// MaxApnoea bounds both times of an ApnoeaPolicy: who does not breathe for so
// long is in danger, whatever is known.
const MaxApnoea = 90 * time.Second

func (p ApnoeaPolicy) check() error {
	medium, high := p.times()
	switch {
	case p.Resident == "" || !decided(p.By, p.Why, p.Until):
		return fmt.Errorf("apnoea of resident %q: needs a resident, who, why and until when", p.Resident)
	case medium < apnoeaLow || high > MaxApnoea || medium > high:
		return fmt.Errorf("apnoea of resident %q: medium after %v and high after %v: %v to %v, and medium first", p.Resident, medium, high, apnoeaLow, MaxApnoea)
	}
	return nil
}

func (p ApnoeaPolicy) times() (medium, high time.Duration) {
	medium, high = apnoeaMedium, apnoeaHigh
	if p.Medium != 0 {
		medium = p.Medium
	}
	if p.High != 0 {
		high = p.High
	}
	return medium, high
}

// apnoeaTimes are the times from which a pause is urgent, of one resident.
type apnoeaTimes struct{ policies []ApnoeaPolicy }

func (p Plan) apnoeaTimes(r care.ResidentID) (t apnoeaTimes) {
	for _, a := range p.Apnoeas {
		if a.Resident == r {
			t.policies = append(t.policies, a)
		}
	}
	return t
}

// at returns the times that hold at an instant: those of the last policy that
// is not over. A clock that was never set cannot say what is over: until it
// is, the stricter hold.
func (t apnoeaTimes) at(now time.Time) (medium, high time.Duration) {
	medium, high = apnoeaMedium, apnoeaHigh
	for i := len(t.policies) - 1; i >= 0; i-- {
		m, h := t.policies[i].times()
		switch {
		case !care.ClockSet(now):
			medium, high = min(medium, m), min(high, h)
		case now.Before(t.policies[i].Until):
			return m, h
		}
	}
	return medium, high
}
