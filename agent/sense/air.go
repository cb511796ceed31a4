package sense

import (
	"context"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/bme280"
	"osmanthus/drivers/mlx90614"
	"osmanthus/drivers/scd4x"
	"osmanthus/drivers/sht3x"
	"osmanthus/drivers/sht4x"
)

// airEvery is how often the air of a room is looked at: it changes slowly, and
// three looks that fail are still said within half a minute.
const airEvery = 10 * time.Second

// airKinds are the sensors of a room's air, and the thermometer that looks at a
// surface.
func airKinds() []Kind {
	return []Kind{
		{Name: "bme280", Addresses: []uint16{0x76, 0x77}, Options: []string{"room"}, Home: true, every: airEvery, open: openBME280},
		{Name: "sht3x", Addresses: []uint16{0x44, 0x45}, Options: []string{"room"}, Home: true, every: airEvery, open: openSHT3X},
		{Name: "sht4x", Addresses: []uint16{0x44, 0x45, 0x46}, Options: []string{"room"}, Home: true, every: airEvery, open: openSHT4X},
		{Name: "scd4x", Addresses: []uint16{0x62}, Options: []string{"room"}, Home: true, every: airEvery, open: openSCD4X},
		{Name: "mlx90614", Addresses: []uint16{0x5a, 0x5b}, Options: []string{"room"}, every: airEvery, open: openMLX90614},
	}
}

// spotDriver is a driver that fills a frame with what it sees at a look.
type spotDriver[Frame any] interface {
	Sense(*Frame) error
	Halt() error
}

// spotReader looks now and then, and says what it sees.
type spotReader[Frame any] struct {
	dev   spotDriver[Frame]
	frame Frame
	tell  func(f *Frame, say sayValue)
}

// sayValue says one value.
type sayValue func(m care.Metric, v float64)

// spot is the reader of a driver that was just opened, unless that failed.
func spot[Frame any](dev spotDriver[Frame], err error, tell func(f *Frame, say sayValue)) (reader, error) {
	if err != nil {
		return nil, err
	}
	return &spotReader[Frame]{dev: dev, tell: tell}, nil
}

func (r *spotReader[Frame]) halt() error { return r.dev.Halt() }

func (r *spotReader[Frame]) read(_ context.Context, e *emitter) error {
	if err := r.dev.Sense(&r.frame); err != nil {
		return err
	}
	r.tell(&r.frame, func(m care.Metric, v float64) {
		now := time.Now()
		e.runner.samples.Add(1)
		e.reading(m, v, 100, now, now)
	})
	return nil
}

func openBME280(s *Sensor, p *parts) (reader, error) {
	dev, err := bme280.New(p.bus, s.Address, nil)
	return spot(dev, err, func(f *bme280.Frame, say sayValue) {
		say(care.AirTemperature, f.TempC)
		say(care.AirPressure, f.PressurePa/100)
		if f.HasHumidity {
			say(care.RelativeHumidity, f.HumidityPct)
		}
	})
}

func openSHT3X(s *Sensor, p *parts) (reader, error) {
	dev, err := sht3x.New(p.bus, s.Address, nil)
	return spot(dev, err, func(f *sht3x.Frame, say sayValue) {
		say(care.AirTemperature, f.TempC)
		say(care.RelativeHumidity, f.HumidityPct)
	})
}

func openSHT4X(s *Sensor, p *parts) (reader, error) {
	dev, err := sht4x.New(p.bus, s.Address, nil)
	return spot(dev, err, func(f *sht4x.Frame, say sayValue) {
		say(care.AirTemperature, f.TempC)
		say(care.RelativeHumidity, f.HumidityPct)
	})
}

// openSCD4X: the sensor measures every 5 s by itself, so a look finds the latest.
func openSCD4X(s *Sensor, p *parts) (reader, error) {
	dev, err := scd4x.New(p.bus, s.Address, nil)
	return spot(dev, err, func(f *scd4x.Frame, say sayValue) {
		if !f.Fresh {
			return
		}
		if f.CO2PPM > 0 { // no air is without: the sensor has not measured it
			say(care.CarbonDioxide, float64(f.CO2PPM))
		}
		say(care.AirTemperature, f.TempC)
		say(care.RelativeHumidity, f.HumidityPct)
	})
}

// openMLX90614: what it says is the temperature of a surface. Skin is colder
// than the body by what the room, clothes and blood flow make of it, some
// degrees in old people, and the sensor sees whatever is in its cone, at an
// emissivity that is a guess. So it is care.SkinTemperature, indicative, and no
// limit of body temperature ever sees it.
func openMLX90614(s *Sensor, p *parts) (reader, error) {
	dev, err := mlx90614.New(p.bus, s.Address, &mlx90614.Opts{Chip: mlx90614.ChipAt(s.Address)})
	return spot(dev, err, func(f *mlx90614.Frame, say sayValue) { say(care.SkinTemperature, f.ObjectC) })
}
