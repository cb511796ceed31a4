package probe

import (
	"osmanthus/drivers/adxl345"
	"osmanthus/drivers/imu"
	"osmanthus/drivers/lsm6dso"
	"osmanthus/drivers/mpu6050"

	"periph.io/x/conn/v3/i2c"
)

// inertial is the driver of an accelerometer, with a gyroscope or without.
type inertial interface {
	Sense(*imu.Frame) error
	Halt() error
}

func openMPU6050(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := mpu6050.New(b, addr, nil)
	return readIMU(d, err)
}

func openLSM6DSO(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := lsm6dso.New(b, addr, nil)
	return readIMU(d, err)
}

func openADXL345(b i2c.Bus, addr uint16) (func(*Line) error, func() error, error) {
	d, err := adxl345.New(b, addr, nil)
	return readIMU(d, err)
}

func readIMU(d inertial, err error) (func(*Line) error, func() error, error) {
	if err != nil {
		return nil, nil, err
	}
	var f imu.Frame
	return func(l *Line) error {
		if err := d.Sense(&f); err != nil {
			return err
		}
		l.Samples, l.Overrun = len(f.Samples), f.Overrun
		if len(f.Samples) == 0 {
			return nil
		}
		s := f.Samples[len(f.Samples)-1]
		for axis, name := range [3]string{"x", "y", "z"} {
			l.Readings = append(l.Readings, Reading{Metric: "acceleration_" + name, Value: s.AccelG[axis]})
			if f.HasGyro {
				l.Readings = append(l.Readings, Reading{Metric: "angular_rate_" + name, Value: s.GyroDPS[axis]})
			}
		}
		if f.HasTemp {
			l.Readings = append(l.Readings, Reading{Metric: "sensor_temperature", Value: f.TempC})
		}
		return nil
	}, d.Halt, nil
}
