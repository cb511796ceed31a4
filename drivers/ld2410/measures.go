package ld2410

import "osmanthus/drivers"

// Measures appends what of a frame is useful to whoever knows nothing of the
// module. While it learns the background it says nothing of people. It
// allocates nothing but room in to.
func (f Frame) Measures(to []drivers.Measure) []drivers.Measure {
	r := f.Report
	if r == nil || r.State > MovingAndStill {
		return to
	}
	to = append(to, drivers.State("presence", r.Present()), drivers.State("motion", r.Moves()))
	if r.Present() && r.DetectionCM > 0 {
		to = append(to, drivers.Measure{Metric: "distance", Value: float64(r.DetectionCM) / 100, Unit: "m"})
	}
	return to
}
