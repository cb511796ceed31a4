package signal

import "math"

// Belief is what is held likely of a rate that changes slowly: a probability
// for each step of a grid, which spreads as time passes and sharpens with each
// observation (a histogram filter, see Thrun, Burgard and Fox, Probabilistic
// Robotics, chapter 4.1).
type Belief struct {
	from, step float64
	share      []float64
	spread     []float64 // scratch
	least      float64   // share that all rates keep together
	kernel     []float64 // the bell of one spreading, from its middle outwards
}

// NewBelief returns a Belief on n rates from from in steps of step, which
// spreads with a standard deviation of drift at each call of Spread. All rates
// together keep the share least, whatever speaks for another, so that each can
// come back. It begins with all rates alike.
func NewBelief(from, step float64, n int, drift, least float64) *Belief {
	b := &Belief{from: from, step: step, least: least, share: make([]float64, n), spread: make([]float64, n)}
	for k := 0; float64(k)*step <= 5*drift; k++ {
		b.kernel = append(b.kernel, math.Exp(-sq(float64(k)*step/drift)/2))
	}
	b.Forget()
	return b
}

// Forget makes all rates alike.
func (b *Belief) Forget() {
	for i := range b.share {
		b.share[i] = 1 / float64(len(b.share))
	}
}

// Settle takes a rate from elsewhere, known to within a standard deviation.
func (b *Belief) Settle(rate, within float64) {
	for i := range b.share {
		b.share[i] = math.Exp(-sq((b.rate(float64(i))-rate)/within) / 2)
	}
	b.normalise(b.share)
}

// Spread lets time pass.
func (b *Belief) Spread() {
	for i := range b.spread {
		sum := b.share[i] * b.kernel[0]
		for k := 1; k < len(b.kernel); k++ {
			if i >= k {
				sum += b.share[i-k] * b.kernel[k]
			}
			if i+k < len(b.share) {
				sum += b.share[i+k] * b.kernel[k]
			}
		}
		b.spread[i] = sum
	}
	b.normalise(b.spread)
	copy(b.share, b.spread)
}

// Observe weighs each rate with how likely the newest signal is there.
func (b *Belief) Observe(likely func(i int) float64) {
	for i := range b.share {
		b.share[i] *= likely(i)
	}
	b.normalise(b.share)
}

func (b *Belief) normalise(v []float64) {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	n := float64(len(v))
	if !(sum > 0) || math.IsInf(sum, 0) {
		for i := range v {
			v[i] = 1 / n
		}
		return
	}
	for i := range v {
		v[i] = (1-b.least)*v[i]/sum + b.least/n
	}
}

func (b *Belief) rate(i float64) float64 { return b.from + b.step*i }

// Best returns the index of the likeliest rate, the mean of the rates within
// reach of it, and their share: how sure it is.
func (b *Belief) Best(reach float64) (best int, rate, sure float64) {
	for i, v := range b.share {
		if v > b.share[best] {
			best = i
		}
	}
	k := int(reach/b.step + 0.5)
	for i := max(0, best-k); i <= min(len(b.share)-1, best+k); i++ {
		sure += b.share[i]
		rate += b.share[i] * b.rate(float64(i))
	}
	return best, rate / sure, sure
}
