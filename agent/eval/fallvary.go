package eval

import (
	"math"
	"math/rand/v2"

	"osmanthus/agent/eval/recordings"
)

// vary makes of a recording what another device, switched on and off at other
// moments, would have recorded: at another rate, with another range, resolution
// and noise, and cut. The same recording and number give the same.
func vary(t *recordings.Trial, seed uint64) recordings.Trial {
	const accNoise, gyroNoise = 0.04, 3 // at most: g and °/s, one deviation
	r := rand.New(rand.NewPCG(seed, 0))
	rate := []float64{20, 25, 32, 50, 100}[r.IntN(5)]
	if rate > t.Rate*1.05 {
		rate = t.Rate
	}
	limit := []float64{2, 4, 8, 16}[r.IntN(4)] // g
	if t.Fall {
		limit = max(limit, 4)
	}
	step := []float64{0.004, 0.01, 0.03}[r.IntN(3)] // g
	noise := r.Float64() * float64(r.IntN(2))       // every other one is as quiet as it was
	peak := highest(t)
	from, to := 0.0, t.Seconds()
	if r.IntN(2) == 0 {
		from = max(0, peak-1-4*r.Float64())
	}
	if r.IntN(2) == 0 {
		to = min(to, peak+0.7+4*r.Float64())
	}
	out := *t
	out.Rate, out.Acc, out.Gyro = rate, [3][]float64{}, [3][]float64{}
	if t.To > 0 {
		out.From, out.To = t.From-from, t.To-from
	}
	wide := t.Rate / rate
	for at := from*t.Rate + r.Float64(); at+wide+1 < to*t.Rate; at += wide {
		for k := range t.Acc {
			v := sampled(t.Acc[k], at, wide) + accNoise*noise*r.NormFloat64()
			v = math.Round(v/step) * step
			out.Acc[k] = append(out.Acc[k], max(-limit, min(limit, v)))
			if t.Gyro[k] != nil {
				out.Gyro[k] = append(out.Gyro[k], sampled(t.Gyro[k], at, wide)+gyroNoise*noise*r.NormFloat64())
			}
		}
	}
	if len(out.Acc[0]) < 10 {
		return *t
	}
	return out
}

// sampled is what a slower device reads: the mean over its interval, or what
// lies between two samples where it is about as fast.
func sampled(v []float64, at, wide float64) float64 {
	i := int(at)
	if wide <= 1.3 {
		return v[i] + (v[i+1]-v[i])*(at-float64(i))
	}
	sum, n := 0.0, 0.0
	for ; i < int(at+wide); i++ {
		sum += v[i]
		n++
	}
	return sum / n
}

// highest is when the highest magnitude is, s.
func highest(t *recordings.Trial) float64 {
	best, at := 0.0, 0
	for i, x := range t.Acc[0] {
		if m := x*x + t.Acc[1][i]*t.Acc[1][i] + t.Acc[2][i]*t.Acc[2][i]; m > best {
			best, at = m, i
		}
	}
	return float64(at) / t.Rate
}
