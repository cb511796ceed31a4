package sim

import (
	"sync"
	"time"
)

// feeling is what all models of inertial sensors have in common.
type feeling struct {
	mu       sync.Mutex
	file     file
	source   IMU
	identity byte
	at       time.Time // of the transfer under way
	rhythm   rhythm
}

// SetSource exchanges what the chip feels.
func (f *feeling) SetSource(source IMU) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.source = source
}

// SetIdentity makes the register of the identity answer something else.
func (f *feeling) SetIdentity(id byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.identity = id
}

// SetSlow makes the chip's oscillator slow by a fraction, 0.01 for 1 %, from its
// next configuration on; real ones are off by up to a few percent.
func (f *feeling) SetSlow(fraction float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rhythm.slow = fraction
}
