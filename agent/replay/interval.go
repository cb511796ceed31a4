package replay

import "math"

// interval is a 95 % confidence interval.
type interval [2]float64

const z95 = 1.959963984540054 // two-sided 95 % of the normal distribution

// wilson returns k of n as a share with its interval by Wilson's score method
// (1927); nil where n is 0.
func wilson(k, n int) (*float64, *interval) {
	if n == 0 {
		return nil, nil
	}
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z95*z95/(2*m)) / (1 + z95*z95/m)
	half := z95 / (1 + z95*z95/m) * math.Sqrt(p*(1-p)/m+z95*z95/(4*m*m))
	share := round(p)
	return &share, &interval{round(max(0, mid-half)), round(min(1, mid+half))}
}

// poisson returns k events in a number of hours as a rate an hour with its
// interval by Byar's approximation (Breslow and Day, 1987); nil for no hours.
func poisson(k int, hours float64) (*float64, *interval) {
	if !(hours > 0) {
		return nil, nil
	}
	n := float64(k)
	low := 0.0
	if k > 0 {
		low = n * math.Pow(1-1/(9*n)-z95/(3*math.Sqrt(n)), 3)
	}
	high := (n + 1) * math.Pow(1-1/(9*(n+1))+z95/(3*math.Sqrt(n+1)), 3)
	rate := round(n / hours)
	return &rate, &interval{round(low / hours), round(high / hours)}
}
