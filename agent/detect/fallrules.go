package detect

import (
	"errors"
	"math"
)

// ShippedFallModel returns the model that watches a place when the plan names
// none: IMUWrist or IMUWaist.
func ShippedFallModel(k Kind) (*FallModel, error) {
	switch k {
	case IMUWrist:
		return wristModel(), nil
	case IMUWaist:
		return waistModel(), nil
	}
	return nil, errors.New("detect: no model of falls watches a " + k.String())
}

// WithBorders returns a copy of a model with other borders, in logits; NaN
// leaves one as it is. Its hash is another.
func (m *FallModel) WithBorders(suspect, believe, sure float64) (*FallModel, error) {
	c := *m
	for _, b := range []struct {
		to   *float64
		from float64
	}{{&c.Suspect, suspect}, {&c.Believe, believe}, {&c.Sure, sure}} {
		if !math.IsNaN(b.from) {
			*b.to = b.from
		}
	}
	if !(c.Suspect <= c.Sure && c.Believe <= c.Sure) {
		return nil, errors.New("detect: the borders of a fall model are out of order")
	}
	c.hash = ruleHash(c.Rule, fallLimits(&c, c.Believe), []byte(m.hash))
	return &c, nil
}
