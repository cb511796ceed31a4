package signal

// vertex returns where the parabola through a, b, c has its top, in steps from
// b.
func vertex(a, b, c float64) float64 {
	if d := a - 2*b + c; d < 0 {
		return max(-0.5, min(0.5, 0.5*(a-c)/d))
	}
	return 0
}
