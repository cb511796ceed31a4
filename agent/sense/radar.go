package sense

import (
	"context"
	"fmt"
	"io"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/radar"
)

// serialWait bounds one look at a serial line, so that the end of the agent and
// what is due by time are seen.
const serialWait = 250 * time.Millisecond

// radarKinds are the rows of the radar modules. Whoever speaks several times a
// second and is silent for longer than its model says is set up again.
func radarKinds() (rows []Kind) {
	for _, m := range radar.Models() {
		options := []string{"port", "baud", "room"}
		if m.TakesHeight() {
			options = append(options, "mount_height")
		}
		if m.TakesRange() {
			options = append(options, "range")
		}
		rows = append(rows, Kind{
			Name: m.Name, Options: options, Needs: []string{"port", "room"},
			Rate: 1, every: time.Millisecond, mute: m.Every + time.Second, open: openRadar(m),
		})
	}
	return rows
}

// radarReader reads a radar module on a serial line.
type radarReader struct {
	dev    *radar.Dev
	port   io.Closer
	parts  *parts
	baud   int
	every  time.Duration // within which the module must be heard
	frame  radar.Frame
	says   saying
	opened time.Time
	heard  time.Time // the last whole frame, or the opening of the line
	asked  time.Time
	known  bool // a whole frame came
}

func openRadar(m radar.Model) func(s *Sensor, p *parts) (reader, error) {
	return func(s *Sensor, p *parts) (reader, error) {
		baud := s.Baud
		if baud == 0 {
			baud = p.baud(m.Bauds)
		}
		port, err := p.openPort(s.Port, baud)
		if err != nil {
			return nil, err
		}
		dev, err := radar.New(port, m.With(radar.Settings{HeightM: s.MountHeight, RangeM: s.Range}))
		if err != nil {
			port.Close()
			return nil, err
		}
		now := time.Now()
		return &radarReader{dev: dev, port: port, parts: p, every: m.Every, baud: baud, opened: now, heard: now, asked: now}, nil
	}
}

// baud is the rate to try: that at which the module was heard last, or else the
// usual one, and every other time one of the others. A module that has no power
// yet is so found soon when it has.
func (p *parts) baud(sold []int) int {
	if p.vain%2 == 1 && len(sold) > 1 {
		return sold[1+p.vain/2%(len(sold)-1)]
	}
	if p.rate != 0 {
		return p.rate
	}
	return sold[0]
}

func (r *radarReader) halt() error {
	if r.known {
		r.parts.rate, r.parts.vain = r.baud, 0
	} else {
		r.parts.vain++
	}
	return r.port.Close()
}

func (r *radarReader) read(_ context.Context, e *emitter) error {
	if err := r.dev.Sense(&r.frame); err != nil {
		return err
	}
	now := time.Now()
	if n := r.frame.Frames; n > 0 {
		r.heard, r.known = now, true
		if r.dev.Settled() { // else it is no sensor of this place yet
			e.runner.samples.Add(uint64(n))
		}
	} else if !r.known && r.dev.Received() > 0 && now.Sub(r.heard) >= r.every {
		return fmt.Errorf("sense: %v: %w", r.dev, drivers.ErrForeign)
	}
	if now.Sub(r.opened) >= r.every && !r.dev.Settled() {
		return fmt.Errorf("sense: %v does not take its settings: %w", r.dev, drivers.ErrStuck)
	}
	if now.Sub(r.asked) >= r.every/2 { // which also makes up for a frame that was lost
		r.asked = now
		if err := r.dev.Ask(); err != nil {
			return err
		}
	}
	for _, m := range r.frame.Measures {
		r.says.take(m, now)
	}
	r.says.due(now, now.Sub(r.heard) < r.every, func(rule *sayRule, v float64) {
		e.reading(rule.metric, v, rule.quality, now, now)
	})
	return nil
}
