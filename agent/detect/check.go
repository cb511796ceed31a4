package detect

import (
	"cmp"
	"errors"
	"fmt"
	"math"

	"osmanthus/care"
)

// check says what is wrong with a plan: the first mistake.
func (p Plan) check() error {
	if err := cmp.Or(p.checkSources(), p.checkLimits(), checkEach(p.Falls), checkEach(p.Rooms),
		checkEach(p.Apnoeas), checkEach(p.Scale2), checkEach(p.Beds)); err != nil {
		return fmt.Errorf("detect: checking the plan: %w", err)
	}
	return nil
}

// checkEach returns the first mistake of policies.
func checkEach[P interface{ check() error }](policies []P) error {
	for _, p := range policies {
		if err := p.check(); err != nil {
			return err
		}
	}
	return nil
}

func (p Plan) checkSources() error {
	seen := make(map[care.SourceID]bool, len(p.Sources))
	for _, s := range p.Sources {
		if seen[s.ID] {
			return fmt.Errorf("source %q is listed twice", s.ID)
		}
		seen[s.ID] = true
		if err := s.check(); err != nil {
			return err
		}
	}
	return nil
}

func (s Source) check() error {
	switch {
	case s.ID == "":
		return errors.New("a source without an id")
	case s.ID == NEWS2Source || s.ID == WearSource:
		return fmt.Errorf("a source may not be called %q: scores are", s.ID)
	case s.Kind < IMUWrist || int(s.Kind) >= len(kindNames):
		return fmt.Errorf("source %q has an unknown kind", s.ID)
	case int(s.Class) >= len(classNames):
		return fmt.Errorf("source %q has an unknown class", s.ID)
	case int(s.Room) >= len(roomNames):
		return fmt.Errorf("source %q is in an unknown room", s.ID)
	case s.Pad != (Pad{}) && !s.Pad.valid():
		return fmt.Errorf("source %q: the pad's on and off need a hysteresis between them, have %v and %v", s.ID, s.Pad.On, s.Pad.Off)
	}
	if err := s.Water.check(); err != nil {
		return fmt.Errorf("source %q: %w", s.ID, err)
	}
	return nil
}

func (p Plan) checkLimits() error {
	limits := p.limits()
	for i, l := range limits {
		if err := l.check(); err != nil {
			return err
		}
		for _, o := range limits[:i] {
			if o.key() == l.key() {
				return fmt.Errorf("two limits for %v", l)
			}
		}
	}
	for _, o := range p.Overrides {
		if err := o.check(limits); err != nil {
			return err
		}
	}
	return nil
}

func (p Pad) valid() bool { return math.Abs(p.On-p.Off) >= 1e-3 && finite(p.On) && finite(p.Off) }

func (p Plan) limits() []Limit {
	if p.Limits == nil {
		return DefaultLimits()
	}
	return p.Limits
}

// String says which limit it is, as in "high spo2 below 85".
func (l Limit) String() string {
	return fmt.Sprintf("%v %v %v %v", l.Priority, l.Metric, l.Side, l.Value)
}

// String returns "above" or "below".
func (s Side) String() string {
	switch s {
	case Above:
		return "above"
	case Below:
		return "below"
	}
	return fmt.Sprintf("side-%d", uint8(s))
}

// finite reports whether v is a number that can be compared.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
