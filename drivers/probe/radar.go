package probe

import (
	"errors"
	"fmt"
	"io"
	"time"

	"osmanthus/drivers/radar"
)

// openRadar opens a radar module on its line; baud 0 is the module's usual rate.
func openRadar(name string) func(port io.ReadWriter) (func(*Line) error, func() error, error) {
	return func(port io.ReadWriter) (func(*Line) error, func() error, error) {
		m, ok := radar.ByName(name)
		if !ok {
			return nil, nil, fmt.Errorf("there is no module %q", name)
		}
		d, err := radar.New(port, m)
		if err != nil {
			return nil, nil, err
		}
		var f radar.Frame
		heard, asked := time.Now(), time.Time{}
		return func(l *Line) error {
			now := time.Now()
			if now.Sub(asked) >= time.Second { // some speak only when something changes
				asked = now
				if err := d.Ask(); err != nil {
					return err
				}
			}
			if err := d.Sense(&f); err != nil {
				return err
			}
			if l.Samples = f.Frames; f.Frames > 0 {
				heard = now
			} else if now.Sub(heard) >= silence {
				heard = now
				return errors.New(quiet(d.Received()))
			}
			for _, v := range f.Measures {
				l.Readings = append(l.Readings, Reading{Metric: v.Metric, Value: v.Value})
			}
			return nil
		}, func() error { return nil }, nil
	}
}

// quiet says what a line without frames may be.
func quiet(received uint64) string {
	if received == 0 {
		return "nothing comes: is it powered, and its TX wired to this RX?"
	}
	return fmt.Sprintf("%d bytes came and no frame: another module, or another rate (-baud)", received)
}
