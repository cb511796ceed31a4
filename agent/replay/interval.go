package replay

import "math"

// Interval is a 95 % confidence interval.
type Interval [2]float64

const z95 = 1.959963984540054 // two-sided 95 % of the normal distribution

// Wilson returns k of n as a share with its interval by Wilson's score method
// (1927); NaN where n is 0.
func Wilson(k, n int) (float64, Interval) {
	if n == 0 {
		return math.NaN(), Interval{math.NaN(), math.NaN()}
	}
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z95*z95/(2*m)) / (1 + z95*z95/m)
	half := z95 / (1 + z95*z95/m) * math.Sqrt(p*(1-p)/m+z95*z95/(4*m*m))
	return p, Interval{max(0, mid-half), min(1, mid+half)}
}

// Poisson returns k events in an exposure, such as hours, as a rate with its
// interval by Byar's approximation (Breslow and Day, 1987); NaN without
// exposure.
func Poisson(k int, exposure float64) (float64, Interval) {
	if !(exposure > 0) {
		return math.NaN(), Interval{math.NaN(), math.NaN()}
	}
	n := float64(k)
	low := 0.0
	if k > 0 {
		low = n * math.Pow(1-1/(9*n)-z95/(3*math.Sqrt(n)), 3)
	}
	high := (n + 1) * math.Pow(1-1/(9*(n+1))+z95/(3*math.Sqrt(n+1)), 3)
	return n / exposure, Interval{low / exposure, high / exposure}
}

// printed is a figure with its interval as a line shows it: rounded, and nil
// where there is none.
func printed(v float64, ci Interval) (*float64, *Interval) {
	if math.IsNaN(v) {
		return nil, nil
	}
	v = round(v)
	return &v, &Interval{round(ci[0]), round(ci[1])}
}
