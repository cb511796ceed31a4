package sense

import (
	"context"
	"math"
	"time"

	"periph.io/x/conn/v3/physic"

	"osmanthus/care"
	"osmanthus/drivers/vl53l1x"
)

const (
	// distanceStep is how far something must have moved to be said at once: the
	// chip scatters by some centimetres in daylight.
	distanceStep = 0.05
	// distanceLeast and distanceMost are how often a distance is said, at most
	// while something moves, and at least.
	distanceLeast = 500 * time.Millisecond
	distanceMost  = 10 * time.Second
	// distanceReach is what is said, with a quality of 0, when nothing is in
	// reach: how far the chip sees in the dark. In daylight it is less.
	distanceReach = 4.0
)

// distanceReader reads how far away something is.
type distanceReader struct {
	dev   *vl53l1x.Dev
	frame vl53l1x.Frame
	said  float64
	free  bool // what was said is that nothing is in reach
	at    time.Time
}

func openDistance(s *Sensor, p *parts) (reader, error) {
	every := time.Duration(float64(time.Second) / s.Rate).Truncate(time.Millisecond)
	dev, err := vl53l1x.New(p.bus, s.Address, &vl53l1x.Opts{Every: every})
	if err != nil {
		return nil, err
	}
	return &distanceReader{dev: dev}, nil
}

func (r *distanceReader) halt() error { return r.dev.Halt() }

func (r *distanceReader) read(_ context.Context, e *emitter) error {
	if err := r.dev.Sense(&r.frame); err != nil || !r.frame.Fresh {
		return err
	}
	e.runner.samples.Add(1)
	now := time.Now()
	metres, quality := float64(r.frame.Distance)/float64(physic.Metre), care.Quality(100)
	switch r.frame.Status {
	case vl53l1x.Valid:
	case vl53l1x.SignalFail:
		metres, quality = distanceReach, 0
	default: // it sees something and does not know how far
		return nil
	}
	free, silent := quality == 0, now.Sub(r.at)
	moved := free != r.free || !free && math.Abs(metres-r.said) >= distanceStep
	if !r.at.IsZero() && silent < distanceMost && (!moved || silent < distanceLeast) {
		return nil
	}
	r.said, r.free, r.at = metres, free, now
	e.reading(care.Distance, metres, quality, now, now)
	return nil
}
