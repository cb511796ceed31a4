package probe

import (
	"osmanthus/drivers/vl53l1x"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

func openVL53L1X(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := vl53l1x.New(b, addr, nil)
	if err != nil {
		return nil, nil, err
	}
	var f vl53l1x.Frame
	return func(l *Line) error {
		if err := d.Sense(&f); err != nil || !f.Fresh {
			return err
		}
		l.Samples = 1
		l.Readings = append(l.Readings, Reading{
			Metric: "distance", Value: float64(f.Distance) / float64(physic.Metre), Text: f.Status.String(),
		})
		return nil
	}, d.Halt, nil
}
