package sense

import (
	"context"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"

	"osmanthus/care"
	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/max30102"
)

// ppgReader reads the light that comes back from a finger.
type ppgReader struct {
	dev   *max30102.Dev
	frame max30102.Frame
}

func openPPG(s *Sensor, p *parts) (reader, error) {
	dev, err := max30102.New(p.bus, s.Address, &max30102.Opts{SampleHz: int(s.Rate), Swapped: s.SwapRedIR})
	if err != nil {
		return nil, err
	}
	return &ppgReader{dev: dev}, nil
}

func (r *ppgReader) halt() error { return r.dev.Halt() }

func (r *ppgReader) read(_ context.Context, e *emitter) error {
	if err := r.dev.Sense(&r.frame); err != nil {
		return err
	}
	now := time.Now()
	if r.frame.Overrun {
		e.overrun(now)
	}
	if len(r.frame.Samples) == 0 {
		return nil
	}
	c := e.channels(2, len(r.frame.Samples))
	for i, s := range r.frame.Samples {
		c[0][i], c[1][i] = float64(s.Red), float64(s.IR)
	}
	e.send(care.PPG, r.frame.Period, now)
	return nil
}

// chips are the converters of one bus, which several sensors may share.
type chips struct {
	mu   sync.Mutex
	devs map[uint16]*chip
}

type chip struct {
	dev   *ads1115.Dev
	users int
}

// converter opens a converter, or joins those who use it already.
func (g *guard) converter(addr uint16) (*ads1115.Dev, error) {
	g.chips.mu.Lock()
	defer g.chips.mu.Unlock()
	if c := g.chips.devs[addr]; c != nil {
		c.users++
		return c.dev, nil
	}
	dev, err := ads1115.New(g, addr, nil)
	if err != nil {
		return nil, err
	}
	if g.chips.devs == nil {
		g.chips.devs = map[uint16]*chip{}
	}
	g.chips.devs[addr] = &chip{dev, 1}
	return dev, nil
}

// release leaves a converter; the last user halts it.
func (g *guard) release(addr uint16, dev *ads1115.Dev) error {
	g.chips.mu.Lock()
	defer g.chips.mu.Unlock()
	c := g.chips.devs[addr]
	if c == nil || c.dev != dev {
		return nil
	}
	if c.users--; c.users > 0 {
		return nil
	}
	delete(g.chips.devs, addr)
	return dev.Halt()
}

// padReader reads a bed pad, one conversion a beat, and gathers half a second
// into a block.
type padReader struct {
	dev    *ads1115.Dev
	guard  *guard
	addr   uint16
	input  ads1115.Mux
	period time.Duration

	frame ads1115.Frame
	start time.Time // when the first of volts was measured
	volts []float64
}

func openPad(s *Sensor, p *parts) (reader, error) {
	dev, err := p.bus.converter(s.Address)
	if err != nil {
		return nil, err
	}
	return &padReader{
		dev: dev, guard: p.bus, addr: s.Address, input: ads1115.A0 + ads1115.Mux(s.Channel),
		period: time.Duration(float64(time.Second) / s.Rate),
	}, nil
}

func (r *padReader) halt() error { return r.guard.release(r.addr, r.dev) }

func (r *padReader) read(_ context.Context, e *emitter) error {
	if err := r.dev.Measure(r.input, &r.frame); err != nil {
		r.flush(e)
		e.gap = true
		return err
	}
	now := time.Now()
	if n := len(r.volts); n > 0 {
		// A beat that was left out makes a gap, not a stretched waveform.
		if off := now.Sub(r.start.Add(time.Duration(n) * r.period)); off > r.period*3/4 || off < -r.period*3/4 {
			r.flush(e)
			e.overrun(now)
		}
	}
	if len(r.volts) == 0 {
		r.start = now
	}
	r.volts = append(r.volts, float64(r.frame.Voltage)/float64(physic.Volt))
	if time.Duration(len(r.volts))*r.period >= 500*time.Millisecond {
		r.flush(e)
	}
	return nil
}

func (r *padReader) flush(e *emitter) {
	if len(r.volts) == 0 {
		return
	}
	copy(e.channels(1, len(r.volts))[0], r.volts)
	now := time.Now()
	// A first conversion that was late must not put the last into the future.
	if newest := r.start.Add(time.Duration(len(r.volts)-1) * r.period); newest.After(now) {
		r.start = r.start.Add(now.Sub(newest))
	}
	e.sendAt(care.BedLoad, r.period, r.start, false, now)
	r.volts = r.volts[:0]
}
