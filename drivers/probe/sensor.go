package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/bus"
	"osmanthus/drivers/callpoint"
	"osmanthus/drivers/catalog"
	"osmanthus/drivers/max30102"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

const (
	// between is the time between two lines: well inside every FIFO.
	between = 100 * time.Millisecond
	// txTimeout ends a transaction on a modelled bus that hangs.
	txTimeout = time.Second
	// silence is how long a sensor may measure nothing before that is said.
	silence = 2 * time.Second
)

// sensor is an open driver.
type sensor struct {
	kind  catalog.Kind
	quiet time.Duration     // how long it may measure nothing; 0: silence
	sense func(*Line) error // a line without readings says: nothing new yet
	halt  func() error
}

// openers is the table from a driver's name to what opens it: on a bus, on a pin,
// or on a serial line.
var openers = map[string]struct {
	onBus  func(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error)
	onPin  func(p gpio.PinIn) (func(*Line) error, func() error, error)
	onPort func(port io.ReadWriter) (func(*Line) error, func() error, error)
	onPins func(w wires) (func(*Line) error, func() error, error)
	quiet  time.Duration // how long it may measure nothing; 0: silence
}{
	"ads1115":    {onBus: openADS1115},
	"adxl345":    {onBus: openADXL345},
	"alarmrelay": {onPin: openAlarmRelay},
	"amg8833":    {onBus: openAMG8833},
	"bme280":     {onBus: openBME280},
	"callpoint":  {onPin: openCallPoint},
	"contact":    {onPin: openContact},
	"flowmeter":  {onPin: openFlowMeter},
	"fsrmatrix":  {onPins: openFSRMatrix},
	"hx711":      {onPins: openHX711},
	"ld2410":     {onPort: openRadar("ld2410")},
	"ld6002":     {onPort: openRadar("ld6002")},
	"ld6002b":    {onPort: openRadar("ld6002b")},
	"ld6002c":    {onPort: openRadar("ld6002c")},
	"lsm6dso":    {onBus: openLSM6DSO},
	"mains":      {onPin: openMains},
	"mat":        {onPin: openMat},
	"max30102":   {onBus: openMAX30102},
	"mlx90614":   {onBus: openMLX90614},
	"mlx90640":   {onBus: openMLX90640},
	"mpu6050":    {onBus: openMPU6050},
	"mr60bha1":   {onPort: openRadar("mr60bha1")},
	"mr60bha2":   {onPort: openRadar("mr60bha2")},
	"mr60fda2":   {onPort: openRadar("mr60fda2")},
	"pir":        {onPin: openPIR},
	"r60abd1":    {onPort: openRadar("r60abd1")},
	"scd4x":      {onBus: openSCD4X, quiet: 15 * time.Second},
	"sht3x":      {onBus: openSHT3X},
	"sht4x":      {onBus: openSHT4X},
	"vl53l1x":    {onBus: openVL53L1X},
}

func openSensor(kind catalog.Kind, busAddr string, addr uint16, baud int) (*sensor, error) {
	open := openers[kind.Name]
	if open.onPins != nil {
		w, err := openWires(kind, busAddr, addr)
		if err != nil {
			return nil, err
		}
		sense, halt, err := open.onPins(w)
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		return &sensor{kind, open.quiet, sense, func() error { return errors.Join(halt(), w.close()) }}, nil
	}
	if open.onPort != nil {
		port, err := bus.OpenSerial(busAddr, baud, between)
		if err != nil {
			return nil, err
		}
		sense, halt, err := open.onPort(port)
		if err != nil {
			return nil, errors.Join(err, port.Close())
		}
		return &sensor{kind, open.quiet, sense, func() error { return errors.Join(halt(), port.Close()) }}, nil
	}
	if open.onPin != nil {
		pin, err := bus.OpenPin(busAddr, txTimeout)
		if err != nil {
			return nil, err
		}
		sense, halt, err := open.onPin(pin)
		if err != nil {
			return nil, errors.Join(err, closePin(pin))
		}
		return &sensor{kind, open.quiet, sense, func() error { return errors.Join(halt(), closePin(pin)) }}, nil
	}
	b, err := bus.Open(busAddr, txTimeout)
	if err != nil {
		return nil, err
	}
	sense, halt, err := open.onBus(b, addr)
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return &sensor{kind, open.quiet, sense, func() error { return errors.Join(halt(), b.Close()) }}, nil
}

// closePin lets go of a pin that can be let go of; a machine's own pins cannot.
func closePin(pin gpio.PinIn) error {
	if c, ok := pin.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// print writes n lines; a failed one is a line with its error.
func (s *sensor) print(ctx context.Context, stdout io.Writer, n int) error {
	out := json.NewEncoder(stdout)
	tick := time.NewTicker(between)
	defer tick.Stop()
	last := time.Now()
	for n > 0 {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		line := Line{Driver: s.kind.Name, At: time.Now().UTC()}
		if err := s.sense(&line); err != nil {
			line = Line{Error: err.Error()}
		} else if len(line.Readings) == 0 && !line.Overrun {
			quiet := max(s.quiet, silence)
			if line.At.Sub(last) < quiet {
				continue
			}
			line = Line{Error: fmt.Sprintf("%s answers, but has measured nothing for %v", s.kind.Name, quiet)}
		}
		last = time.Now()
		for i := range line.Readings {
			line.Readings[i].Unit = s.kind.Unit(line.Readings[i].Metric)
		}
		if err := out.Encode(line); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
		n--
	}
	return nil
}

func openMAX30102(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := max30102.New(b, addr, nil)
	if err != nil {
		return nil, nil, err
	}
	var f max30102.Frame
	return func(l *Line) error {
		if err := d.Sense(&f); err != nil {
			return err
		}
		l.Samples, l.Overrun = len(f.Samples), f.Overrun
		if len(f.Samples) == 0 {
			return nil
		}
		s := f.Samples[len(f.Samples)-1]
		contact := Reading{Metric: "skin_contact", Text: "nothing on the sensor"}
		if s.Present() {
			contact.Value, contact.Text = 1, "skin on the sensor"
		}
		l.Readings = append(l.Readings,
			Reading{Metric: "light_red", Value: float64(s.Red)},
			Reading{Metric: "light_infrared", Value: float64(s.IR)}, contact)
		return nil
	}, d.Halt, nil
}

func openADS1115(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := ads1115.New(b, addr, nil)
	if err != nil {
		return nil, nil, err
	}
	var f ads1115.Frame
	return func(l *Line) error {
		if err := d.Sense(&f); err != nil {
			return err
		}
		l.Samples = 1
		pad := Reading{Metric: "bed_pad", Value: float64(f.Voltage) / float64(physic.Volt)}
		if f.Clipped {
			pad.Text = "at the end of the range"
		}
		l.Readings = append(l.Readings, pad)
		return nil
	}, d.Halt, nil
}

func openCallPoint(p gpio.PinIn) (func(*Line) error, func() error, error) {
	d, err := callpoint.New(p, nil)
	if err != nil {
		return nil, nil, err
	}
	var f callpoint.Frame
	return func(l *Line) error {
		if err := d.Wait(&f, between); err != nil {
			return err
		}
		if f.State == callpoint.Unknown {
			return nil
		}
		l.Samples = 1
		value := map[callpoint.State]float64{callpoint.Pressed: 1, callpoint.Open: 2, callpoint.Short: 3}[f.State]
		l.Readings = append(l.Readings, Reading{Metric: "call_line", Value: value, Text: f.State.String()})
		return nil
	}, d.Halt, nil
}
