package config

import "time"

// Apnoea makes pauses of breathing of one resident urgent later than others',
// until it expires. Somebody decided it.
type Apnoea struct {
	Medium Duration `yaml:"medium"` // 0: after 20 s
	High   Duration `yaml:"high"`   // 0: after 30 s
	Until  Time     `yaml:"until"`
	By     string   `yaml:"by"` // a pseudonym
	Why    string   `yaml:"why"`
}

// Borders of both times; detect.ApnoeaPolicy says why.
const (
	minApnoea = 10 * time.Second
	maxApnoea = 90 * time.Second
)

// apnoea judges when pauses of breathing of a resident are urgent.
func (j *judgement) apnoea(i int, a *Apnoea) {
	if a == nil {
		return
	}
	medium, high := 20*time.Second, 30*time.Second
	for _, c := range []struct {
		key   string
		given Duration
		holds *time.Duration
	}{{"medium", a.Medium, &medium}, {"high", a.High, &high}} {
		if c.given == 0 && !j.zero(at{"residents", i, "apnoea", c.key}) {
			continue
		}
		if *c.holds = time.Duration(c.given); *c.holds < minApnoea || *c.holds > maxApnoea {
			j.bad(at{"residents", i, "apnoea", c.key}, "%v is not between %v and %v", c.given, minApnoea, maxApnoea)
		}
	}
	if medium > high {
		j.bad(at{"residents", i, "apnoea"}, "medium comes after %v and high after %v: medium must come first", medium, high)
	}
	j.decided(at{"residents", i, "apnoea"}, "missing: who decided it, why, and until when", a.By, a.Why, a.Until)
}
