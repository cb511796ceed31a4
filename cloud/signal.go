package cloud

import (
	"math"

	"osmanthus/care"
	"osmanthus/cloud/api"
)

// signal turns a snippet into what a page can draw, nil for none.
func signal(s *care.Snippet) *api.Signal {
	if s.Len() == 0 {
		return nil
	}
	out := &api.Signal{Start: s.Start.UTC(), Rate: s.Rate, Offsets: []float64{}}
	for _, ms := range s.Offsets {
		out.Offsets = append(out.Offsets, float64(ms)/1000)
	}
	for i, c := range s.Channels {
		name, unit := s.Kind.Channel(i, len(s.Channels))
		if s.Kind == 0 {
			info, _ := s.Metric.Info()
			name, unit = s.Metric.String(), info.Unit
		}
		one := api.Channel{Name: name, Unit: unit, Values: make([]*float64, len(c.Counts))}
		for k := range c.Counts {
			if v := round(c.Value(k), c.Scale); !math.IsNaN(v) {
				one.Values[k] = &v
			}
		}
		out.Channels = append(out.Channels, one)
	}
	return out
}

// round drops the digits that a step does not have.
func round(v, step float64) float64 {
	p := math.Pow10(min(12, 1-int(math.Floor(math.Log10(step)))))
	return math.Round(v*p) / p
}
