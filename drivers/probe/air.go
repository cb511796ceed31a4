package probe

import (
	"time"

	"osmanthus/drivers/bme280"
	"osmanthus/drivers/scd4x"
	"osmanthus/drivers/sht3x"
	"osmanthus/drivers/sht4x"

	"periph.io/x/conn/v3/i2c"
)

// seldom lets a look pass once in every: what is measured on command would warm
// itself if it were asked ten times a second.
func seldom(every time.Duration, look func(*Line) error) func(*Line) error {
	var last time.Time
	return func(l *Line) error {
		now := time.Now()
		if now.Sub(last) < every {
			return nil
		}
		last = now
		return look(l)
	}
}

// atmosphere says temperature and humidity.
func atmosphere(l *Line, celsius, percent float64) {
	l.Samples = 1
	l.Readings = append(l.Readings,
		Reading{Metric: "air_temperature", Value: celsius}, Reading{Metric: "relative_humidity", Value: percent})
}

func openSHT3X(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := sht3x.New(b, addr, nil)
	if err != nil {
		return nil, nil, err
	}
	return seldom(time.Second/2, func(l *Line) error {
		var f sht3x.Frame
		if err := d.Sense(&f); err != nil {
			return err
		}
		atmosphere(l, f.TempC, f.HumidityPct)
		return nil
	}), d.Halt, nil
}

func openSHT4X(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := sht4x.New(b, addr, nil)
	if err != nil {
		return nil, nil, err
	}
	return seldom(time.Second/2, func(l *Line) error {
		var f sht4x.Frame
		if err := d.Sense(&f); err != nil {
			return err
		}
		atmosphere(l, f.TempC, f.HumidityPct)
		return nil
	}), d.Halt, nil
}

func openSCD4X(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := scd4x.New(b, addr, nil)
	if err != nil {
		return nil, nil, err
	}
	return func(l *Line) error {
		var f scd4x.Frame
		if err := d.Sense(&f); err != nil || !f.Fresh {
			return err
		}
		l.Readings = append(l.Readings, Reading{Metric: "carbon_dioxide", Value: float64(f.CO2PPM)})
		atmosphere(l, f.TempC, f.HumidityPct)
		return nil
	}, d.Halt, nil
}

func openBME280(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := bme280.New(b, addr, nil)
	if err != nil {
		return nil, nil, err
	}
	return seldom(time.Second/2, func(l *Line) error {
		var f bme280.Frame
		if err := d.Sense(&f); err != nil {
			return err
		}
		l.Samples = 1
		l.Readings = append(l.Readings,
			Reading{Metric: "air_temperature", Value: f.TempC}, Reading{Metric: "air_pressure", Value: f.PressurePa / 100})
		if f.HasHumidity {
			l.Readings = append(l.Readings, Reading{Metric: "relative_humidity", Value: f.HumidityPct})
		}
		return nil
	}), d.Halt, nil
}
