package sim

import (
	"sync"
	"syscall"
	"time"
)

// ADS1115 models Texas Instruments' converter, or with Resolution12 the ADS1015.
type ADS1115 struct {
	mu     sync.Mutex
	inputs [4]Volts
	coarse bool

	pointer byte
	reg     [4]uint16
	started time.Time
	busy    bool
}

// adsPowerOn is the configuration register after power-up.
const adsPowerOn = 0x8583

// NewADS1115 returns a chip as after power-up with sources at A0 to A3; an
// input of nil is at ground.
func NewADS1115(inputs [4]Volts) *ADS1115 {
	a := &ADS1115{}
	for i, source := range inputs {
		a.setInput(i, source)
	}
	a.powerOn()
	return a
}

// NewADS1015 returns the sibling of 12 bits.
func NewADS1015(inputs [4]Volts) *ADS1115 {
	a := NewADS1115(inputs)
	a.coarse = true
	return a
}

// SetInput exchanges what is at input 0 to 3.
func (a *ADS1115) SetInput(input int, source Volts) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.setInput(input, source)
}

func (a *ADS1115) setInput(input int, source Volts) {
	if source == nil {
		source = func(time.Time) float64 { return 0 }
	}
	a.inputs[input] = source
}

// PowerCycle is a dip of the supply: every register falls back.
func (a *ADS1115) PowerCycle() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.powerOn()
}

func (a *ADS1115) powerOn() {
	a.pointer, a.busy = 0, false
	a.reg = [4]uint16{1: adsPowerOn, 2: 0x8000, 3: 0x7FFF}
}

// Tx implements Chip.
func (a *ADS1115) Tx(w, r []byte, at time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(w) == 2 || len(w) > 3 || len(w)+len(r) == 0 {
		return syscall.EIO
	}
	a.advance(at)
	if len(w) > 0 {
		a.pointer = w[0] & 3
	}
	if len(w) == 3 {
		a.store(uint16(w[1])<<8|uint16(w[2]), at)
	}
	for i := range r {
		v := a.load()
		r[i] = byte(v >> (8 * (1 - i&1)))
	}
	return nil
}

func (a *ADS1115) load() uint16 {
	v := a.reg[a.pointer]
	if a.pointer == 1 {
		v |= 0x8000
		if a.busy {
			v &^= 0x8000
		}
	}
	return v
}

func (a *ADS1115) store(v uint16, at time.Time) {
	switch a.pointer {
	case 0: // read only
	case 1:
		a.reg[1] = v &^ 0x8000
		a.started = at
		a.busy = v&0x8000 != 0 || v&0x0100 == 0
	default:
		a.reg[a.pointer] = v
	}
}

// conversion is how long one takes.
func (a *ADS1115) conversion() time.Duration {
	rates := [...]int{8, 16, 32, 64, 128, 250, 475, 860}
	if a.coarse {
		rates = [...]int{128, 250, 490, 920, 1600, 2400, 3300, 3300}
	}
	return time.Second / time.Duration(rates[a.reg[1]>>5&7])
}

// advance finishes the conversions that are over: the one, or in continuous
// mode the latest.
func (a *ADS1115) advance(at time.Time) {
	took := a.conversion()
	if !a.busy || at.Sub(a.started) < took {
		return
	}
	if a.reg[1]&0x0100 != 0 {
		a.reg[0], a.busy = a.convert(a.started.Add(took)), false
		return
	}
	n := at.Sub(a.started) / took
	a.started = a.started.Add(n * took)
	a.reg[0] = a.convert(a.started)
}

func (a *ADS1115) convert(at time.Time) uint16 {
	var plus, minus float64
	switch mux := a.reg[1] >> 12 & 7; mux {
	case 0:
		plus, minus = a.inputs[0](at), a.inputs[1](at)
	case 1, 2, 3:
		plus, minus = a.inputs[mux-1](at), a.inputs[3](at)
	default:
		plus = a.inputs[mux-4](at)
	}
	fullScale := [...]float64{6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256}[a.reg[1]>>9&7]
	if a.coarse {
		steps := quantise((plus - minus) / fullScale * 2048)
		return uint16(max(-2048, min(2047, steps))) << 4
	}
	return uint16(quantise((plus - minus) / fullScale * 32768))
}
