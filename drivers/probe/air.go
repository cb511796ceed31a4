package probe

import (
	"time"

	"osmanthus/drivers/bme280"
	"osmanthus/drivers/scd4x"
	"osmanthus/drivers/sht3x"
	"osmanthus/drivers/sht4x"

	"periph.io/x/conn/v3/i2c"
)

// seldom is the time between two looks at what is measured on command: it would warm itself if it
// were asked ten times a second.
const seldom = time.Second / 2

// spotDriver is a driver that fills a frame with what it sees at a look.
type spotDriver[Frame any] interface {
	Sense(*Frame) error
	Halt() error
}

// spot reads a driver that was just opened, unless that failed, no more often
// than once in every, and tells what it sees.
func spot[Frame any](d spotDriver[Frame], err error, every time.Duration, tell func(*Line, *Frame)) (func(*Line) error, func() error, error) {
	if err != nil {
		return nil, nil, err
	}
	var last time.Time
	var f Frame
	return func(l *Line) error {
		now := time.Now()
		if now.Sub(last) < every {
			return nil
		}
		last = now
		if err := d.Sense(&f); err != nil {
			return err
		}
		tell(l, &f)
		return nil
	}, d.Halt, nil
}

// atmosphere says temperature and humidity.
func atmosphere(l *Line, celsius, percent float64) {
	l.Samples = 1
	l.Readings = append(l.Readings,
		Reading{Metric: "air_temperature", Value: celsius}, Reading{Metric: "relative_humidity", Value: percent})
}

func openSHT3X(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := sht3x.New(b, addr, nil)
	return spot(d, err, seldom, func(l *Line, f *sht3x.Frame) { atmosphere(l, f.TempC, f.HumidityPct) })
}

func openSHT4X(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := sht4x.New(b, addr, nil)
	return spot(d, err, seldom, func(l *Line, f *sht4x.Frame) { atmosphere(l, f.TempC, f.HumidityPct) })
}

func openSCD4X(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := scd4x.New(b, addr, nil)
	return spot(d, err, 0, func(l *Line, f *scd4x.Frame) {
		if f.Fresh {
			l.Readings = append(l.Readings, Reading{Metric: "carbon_dioxide", Value: float64(f.CO2PPM)})
			atmosphere(l, f.TempC, f.HumidityPct)
		}
	})
}

func openBME280(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := bme280.New(b, addr, nil)
	return spot(d, err, seldom, func(l *Line, f *bme280.Frame) {
		l.Samples = 1
		l.Readings = append(l.Readings,
			Reading{Metric: "air_temperature", Value: f.TempC}, Reading{Metric: "air_pressure", Value: f.PressurePa / 100})
		if f.HasHumidity {
			l.Readings = append(l.Readings, Reading{Metric: "relative_humidity", Value: f.HumidityPct})
		}
	})
}
