package probe

import (
	"time"

	"osmanthus/drivers/alarmrelay"
	"osmanthus/drivers/contact"
	"osmanthus/drivers/flowmeter"
	"osmanthus/drivers/lines"
	"osmanthus/drivers/mains"
	"osmanthus/drivers/mat"
	"osmanthus/drivers/pir"

	"periph.io/x/conn/v3/gpio"
)

// one is a line with one reading.
func one(l *Line, metric string, on bool, text string) {
	r := Reading{Metric: metric, Text: text}
	if on {
		r.Value = 1
	}
	l.Samples, l.Readings = 1, append(l.Readings, r)
}

func openAlarmRelay(p gpio.PinIn) (func(*Line) error, func() error, error) {
	d, err := alarmrelay.New(p, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	var f alarmrelay.Frame
	return func(l *Line) error {
		if err := d.Wait(&f, between); err != nil || f.State == alarmrelay.Unknown {
			return err
		}
		one(l, "smoke", f.State == alarmrelay.Alarm, f.State.String()) // or what else it detects
		return nil
	}, d.Halt, nil
}

func openContact(p gpio.PinIn) (func(*Line) error, func() error, error) {
	d, err := contact.New(p, nil)
	if err != nil {
		return nil, nil, err
	}
	var f contact.Frame
	return func(l *Line) error {
		if err := d.Wait(&f, between); err != nil || f.State == contact.Unknown {
			return err
		}
		one(l, "door", f.State == contact.Open, f.State.String())
		return nil
	}, d.Halt, nil
}

func openMat(p gpio.PinIn) (func(*Line) error, func() error, error) {
	d, err := mat.New(p, nil)
	if err != nil {
		return nil, nil, err
	}
	var f mat.Frame
	return func(l *Line) error {
		if err := d.Wait(&f, between); err != nil || f.State == mat.Unknown {
			return err
		}
		one(l, "bed_occupancy", f.State == mat.Occupied, f.State.String())
		return nil
	}, d.Halt, nil
}

func openPIR(p gpio.PinIn) (func(*Line) error, func() error, error) {
	// Who looks on knows when it was switched on.
	d, err := pir.New(p, &pir.Opts{Line: lines.Opts{Wiring: lines.NormallyClosed}, WarmUp: -1})
	if err != nil {
		return nil, nil, err
	}
	var f pir.Frame
	return func(l *Line) error {
		if err := d.Wait(&f, between); err != nil || !f.Known {
			return err
		}
		text := "still"
		if f.Moving {
			text = "moving for " + f.For.Round(time.Second).String()
		}
		one(l, "motion", f.Moving, text)
		return nil
	}, d.Halt, nil
}

func openMains(p gpio.PinIn) (func(*Line) error, func() error, error) {
	d, err := mains.New(p, nil)
	if err != nil {
		return nil, nil, err
	}
	var f mains.Frame
	return func(l *Line) error {
		if err := d.Wait(&f, between); err != nil || f.Mains == mains.Unknown {
			return err
		}
		one(l, "mains_power", f.Mains == mains.On, f.Mains.String())
		return nil
	}, d.Halt, nil
}

// openFlowMeter counts pulses: how many are a litre stands on the meter.
func openFlowMeter(p gpio.PinIn) (func(*Line) error, func() error, error) {
	d, err := flowmeter.New(p, &flowmeter.Opts{PulsesPerLitre: 1})
	if err != nil {
		return nil, nil, err
	}
	var f flowmeter.Frame
	return func(l *Line) error {
		if err := d.Sense(&f); err != nil {
			return err
		}
		l.Samples, l.Overrun = 1, f.Lost > 0
		l.Readings = append(l.Readings, Reading{Metric: "water_pulses", Value: float64(f.Pulses)})
		return nil
	}, d.Halt, nil
}
