package detect

import (
	"fmt"
	"math"

	"osmanthus/care"
)

// check says what is wrong with a plan.
func (p Plan) check() error {
	seen := make(map[care.SourceID]bool, len(p.Sources))
	for _, s := range p.Sources {
		switch {
		case s.ID == "":
			return fmt.Errorf("detect: checking the plan: a source without an id")
		case s.ID == NEWS2Source || s.ID == WearSource:
			return fmt.Errorf("detect: checking the plan: a source may not be called %q: scores are", s.ID)
		case seen[s.ID]:
			return fmt.Errorf("detect: checking the plan: source %q is listed twice", s.ID)
		case s.Kind < IMUWrist || int(s.Kind) >= len(kindNames):
			return fmt.Errorf("detect: checking the plan: source %q has an unknown kind", s.ID)
		case int(s.Class) >= len(classNames):
			return fmt.Errorf("detect: checking the plan: source %q has an unknown class", s.ID)
		case int(s.Room) >= len(roomNames):
			return fmt.Errorf("detect: checking the plan: source %q is in an unknown room", s.ID)
		case s.Pad != (Pad{}) && !s.Pad.valid():
			return fmt.Errorf("detect: checking the plan: source %q: the pad's on and off need a hysteresis between them, have %v and %v", s.ID, s.Pad.On, s.Pad.Off)
		}
		if err := s.Water.check(); err != nil {
			return fmt.Errorf("detect: checking the plan: source %q: %w", s.ID, err)
		}
		seen[s.ID] = true
	}
	for _, f := range p.Falls {
		if err := f.check(); err != nil {
			return fmt.Errorf("detect: checking the plan: %w", err)
		}
	}
	for _, r := range p.Rooms {
		if err := r.check(); err != nil {
			return fmt.Errorf("detect: checking the plan: %w", err)
		}
	}
	if err := p.checkApnoeas(); err != nil {
		return fmt.Errorf("detect: checking the plan: %w", err)
	}
	limits := p.limits()
	for i, l := range limits {
		if err := l.check(); err != nil {
			return fmt.Errorf("detect: checking the plan: %w", err)
		}
		for _, o := range limits[:i] {
			if o.key() == l.key() {
				return fmt.Errorf("detect: checking the plan: two limits for %v", l)
			}
		}
	}
	for _, s := range p.Scale2 {
		if err := s.check(); err != nil {
			return fmt.Errorf("detect: checking the plan: %w", err)
		}
	}
	for _, o := range p.Overrides {
		if err := o.check(limits); err != nil {
			return fmt.Errorf("detect: checking the plan: %w", err)
		}
	}
	for i := range p.Beds {
		if err := p.Beds[i].check(); err != nil {
			return fmt.Errorf("detect: checking the plan: %w", err)
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
