package sim

import (
	"math"
	"slices"
	"time"
)

// Light is how a recorded pulse wave becomes light: recordings are in any unit,
// a finger is a large steady part and a small pulse.
type Light struct {
	Counts   float64 // steady part of the infrared, in counts; 0 means 110 000
	Percent  float64 // height of the infrared pulse, in percent of that; 0 means 2
	SpO2     float64 // % that the red gets if it was not recorded; 0 means 97
	Recorded bool    // the columns already are counts of light: play them as they are
}

// PPG plays column ir, and red if there, from an instant on at the recording's
// own rate, as IMU does. A rise in the recording is blood that comes in, so the
// light falls. Without red, red is made from ir by the ratio that the curve of
// the sensor's maker gives for SpO2.
func (r *Recording) PPG(start time.Time, l Light) PPG {
	c, ir, red := cursor{r, start}, r.columns["ir"], r.columns["red"]
	if ir == nil {
		return func(time.Time) (red, ir float64) { return 0, 0 }
	}
	if l.Recorded {
		return func(at time.Time) (float64, float64) {
			i, f := c.at(at)
			if red == nil {
				return 0, between(ir, i, f)
			}
			return between(red, i, f), between(ir, i, f)
		}
	}
	l.Counts, l.Percent, l.SpO2 = orElse(l.Counts, 110_000), orElse(l.Percent, 2), orElse(l.SpO2, 97)
	pulse := normaliser(ir)
	redPulse, redPart := pulse, ratioOf(l.SpO2)
	source := ir
	if red != nil {
		redPulse, redPart, source = normaliser(red), 1, red
	}
	return func(at time.Time) (float64, float64) {
		i, f := c.at(at)
		depth := l.Percent / 100
		return 0.8 * l.Counts * (1 - depth*redPart*redPulse(between(source, i, f))),
			l.Counts * (1 - depth*pulse(between(ir, i, f)))
	}
}

func orElse(v, otherwise float64) float64 {
	if v == 0 {
		return otherwise
	}
	return v
}

// normaliser maps a column's bulk (1st to 99th percentile) to −½ … ½.
func normaliser(column []float64) func(float64) float64 {
	s := slices.Sorted(slices.Values(column))
	low, high := s[len(s)/100], s[len(s)-1-len(s)/100]
	middle, span := (low+high)/2, high-low
	if span == 0 {
		span = 1
	}
	return func(v float64) float64 { return (v - middle) / span }
}

// ratioOf inverts SpO2 = −45.060 R² + 30.354 R + 94.845 (Maxim's reference
// design) on its falling branch; the curve's top is about 99.96 %.
func ratioOf(spo2 float64) float64 {
	const a, b, c = -45.060, 30.354, 94.845
	return (-b - math.Sqrt(max(0, b*b-4*a*(c-spo2)))) / (2 * a)
}
