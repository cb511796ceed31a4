package signal

import "slices"

// Median sorts v and returns the one in its middle, or the mean of the two; 0 of
// nothing.
func Median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
