package care

import (
	"fmt"
	"math"
	"time"
)

// Snippet is a short stretch of the signal around an alert, small enough to go
// with it: what a nurse can look at and an engineer can check.
type Snippet struct {
	Kind     BlockKind // what waveform it is; 0 for values of Metric
	Metric   Metric    // whose values they are; 0 for a waveform
	Start    time.Time // of the first sample
	Rate     float64   // samples a second of an even waveform; 0 where Offsets tells
	Offsets  []uint32  // ms of each sample after Start, where they are not even
	Channels []SnippetChannel
}

// SnippetChannel is one channel of a Snippet, in whole steps: sample i is
// Zero + Scale·Counts[i], and there is none where Counts[i] is SnippetHole.
type SnippetChannel struct {
	Zero   float64 // in the channel's unit
	Scale  float64 // of one step, in the channel's unit
	Counts []int16
}

// SnippetHole stands for a sample that was not measured.
const SnippetHole = math.MinInt16

// Len returns the number of samples of each channel.
func (s *Snippet) Len() int {
	if s == nil || len(s.Channels) == 0 {
		return 0
	}
	return len(s.Channels[0].Counts)
}

// Value returns sample i in the channel's unit, NaN where there is none.
func (c SnippetChannel) Value(i int) float64 {
	if c.Counts[i] == SnippetHole {
		return math.NaN()
	}
	return c.Zero + c.Scale*float64(c.Counts[i])
}

// Quantise turns values into counts of at least step, in the values' unit; NaN
// becomes a hole. Where the values span more than 65 000 steps, a step is as
// large as it has to be.
func Quantise(values []float64, step float64) SnippetChannel {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	c := SnippetChannel{Scale: step, Counts: make([]int16, len(values))}
	if !(step > 0) {
		c.Scale = 1
	}
	if high > low {
		c.Scale = max(c.Scale, (high-low)/65000)
	}
	if high >= low && (low < -32000*c.Scale || high > 32000*c.Scale) {
		c.Zero = low + (high-low)/2 // a large constant part: count from its middle
	}
	for i, v := range values {
		c.Counts[i] = SnippetHole
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			c.Counts[i] = int16(max(-32767, min(32767, math.Round((v-c.Zero)/c.Scale))))
		}
	}
	return c
}

// Channel returns the name and the UCUM unit of one channel of a waveform; ""
// where a unit is not known. n is how many channels the waveform has.
func (k BlockKind) Channel(i, n int) (name, unit string) {
	switch k {
	case IMU:
		if i < 6 {
			return [...]string{"ax", "ay", "az", "gx", "gy", "gz"}[i], [...]string{"[g]", "[g]", "[g]", "deg/s", "deg/s", "deg/s"}[i]
		}
	case PPG:
		if n == 1 {
			return "ir", "{count}"
		}
		if i < 2 {
			return [...]string{"red", "ir"}[i], "{count}"
		}
	case BedLoad:
		return "load", "" // volts of a pad, or kilograms on load cells
	case Breathing:
		return "breathing", ""
	case BedMatrix:
		return number("f", i), "{count}"
	case Thermal:
		return number("p", i), "Cel"
	}
	return number("c", i), ""
}

// number names channel i as the columns of a recording are named: "f01".
func number(letter string, i int) string {
	return letter + string(rune('0'+(i+1)/10%10)) + string(rune('0'+(i+1)%10))
}

// String writes all of it, so that two of them can be compared.
func (s *Snippet) String() string {
	if s == nil {
		return "no snippet"
	}
	what := s.Kind.String()
	if s.Kind == 0 {
		what = s.Metric.String()
	}
	return fmt.Sprintf("%s from %v at %v /s %v %v", what, s.Start, s.Rate, s.Offsets, s.Channels)
}
