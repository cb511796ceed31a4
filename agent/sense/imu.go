package sense

import (
	"context"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/adxl345"
	"osmanthus/drivers/imu"
	"osmanthus/drivers/lsm6dso"
	"osmanthus/drivers/mpu6050"
)

// imuReader reads acceleration and angular rate.
type imuReader struct {
	dev interface {
		Sense(*imu.Frame) error
		Halt() error
	}
	frame imu.Frame
}

func openMPU6050(s *Sensor, p *parts) (reader, error) {
	dev, err := mpu6050.New(p.bus, s.Address, &mpu6050.Opts{RateHz: int(s.Rate)})
	if err != nil {
		return nil, err
	}
	return &imuReader{dev: dev}, nil
}

func openLSM6DSO(s *Sensor, p *parts) (reader, error) {
	dev, err := lsm6dso.New(p.bus, s.Address, &lsm6dso.Opts{RateHz: int(s.Rate)})
	if err != nil {
		return nil, err
	}
	return &imuReader{dev: dev}, nil
}

func openADXL345(s *Sensor, p *parts) (reader, error) {
	dev, err := adxl345.New(p.bus, s.Address, &adxl345.Opts{RateHz: int(s.Rate)})
	if err != nil {
		return nil, err
	}
	return &imuReader{dev: dev}, nil
}

func (r *imuReader) halt() error { return r.dev.Halt() }

func (r *imuReader) read(_ context.Context, e *emitter) error {
	if err := r.dev.Sense(&r.frame); err != nil {
		return err
	}
	now := time.Now()
	if r.frame.Overrun {
		e.overrun(now)
	}
	n := len(r.frame.Samples)
	if n == 0 {
		return nil
	}
	axes := 3
	if r.frame.HasGyro {
		axes = 6
	}
	c := e.channels(axes, n)
	for i, s := range r.frame.Samples {
		c[0][i], c[1][i], c[2][i] = s.AccelG[0], s.AccelG[1], s.AccelG[2]
		if axes == 6 {
			c[3][i], c[4][i], c[5][i] = s.GyroDPS[0], s.GyroDPS[1], s.GyroDPS[2]
		}
	}
	e.send(care.IMU, r.frame.Period, now)
	return nil
}
