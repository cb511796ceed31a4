package mpu6050

import (
	"cmp"
	"fmt"
	"time"
)

// Opts chooses rate and ranges; a zero field takes the value of DefaultOpts.
type Opts struct {
	RateHz  int // samples a second, 4 to 200, a divisor of 1000
	AccelG  int // full scale of the accelerometer in ±g: 2, 4, 8 or 16
	GyroDPS int // full scale of the gyroscope in ±°/s: 250, 500, 1000 or 2000
}

// DefaultOpts suits a wrist or a waist: an impact passes 8 g, an arm that
// flies up passes 1000 °/s, and 0.5 mg and 0.06 °/s are fine enough for the rest.
var DefaultOpts = Opts{RateHz: 100, AccelG: 16, GyroDPS: 2000}

// config is Opts as registers and scales.
type config struct {
	period     time.Duration
	div, dlpf  byte
	accel      byte // AFS_SEL << 3
	gyro       byte // FS_SEL << 3
	gPerLSB    float64
	dpsPerLSB  float64
	gyroRange  int
	accelRange int
}

func (o *Opts) config() (config, error) {
	v := DefaultOpts
	if o != nil {
		v = Opts{RateHz: cmp.Or(o.RateHz, v.RateHz), AccelG: cmp.Or(o.AccelG, v.AccelG), GyroDPS: cmp.Or(o.GyroDPS, v.GyroDPS)}
	}
	if v.RateHz < 4 || v.RateHz > 200 || 1000%v.RateHz != 0 {
		return config{}, fmt.Errorf("mpu6050: rate %d Hz is not a divisor of 1000 between 4 and 200", v.RateHz)
	}
	c := config{
		period:     time.Second / time.Duration(v.RateHz),
		div:        byte(1000/v.RateHz - 1),
		dlpf:       lowPass(v.RateHz),
		accelRange: v.AccelG,
		gyroRange:  v.GyroDPS,
	}
	switch v.AccelG { // sensitivities: RM-MPU-6000A section 4.17
	case 2:
		c.accel, c.gPerLSB = 0<<3, 1.0/16384
	case 4:
		c.accel, c.gPerLSB = 1<<3, 1.0/8192
	case 8:
		c.accel, c.gPerLSB = 2<<3, 1.0/4096
	case 16:
		c.accel, c.gPerLSB = 3<<3, 1.0/2048
	default:
		return config{}, fmt.Errorf("mpu6050: accelerometer range ±%d g is not 2, 4, 8 or 16", v.AccelG)
	}
	switch v.GyroDPS { // sensitivities: RM-MPU-6000A section 4.19
	case 250:
		c.gyro, c.dpsPerLSB = 0<<3, 1/131.0
	case 500:
		c.gyro, c.dpsPerLSB = 1<<3, 1/65.5
	case 1000:
		c.gyro, c.dpsPerLSB = 2<<3, 1/32.8
	case 2000:
		c.gyro, c.dpsPerLSB = 3<<3, 1/16.4
	default:
		return config{}, fmt.Errorf("mpu6050: gyroscope range ±%d °/s is not 250, 500, 1000 or 2000", v.GyroDPS)
	}
	return c, nil
}

// lowPass picks the widest DLPF_CFG [4.3] that stays below half the rate, so
// that an impact's ringing does not fold down into the band of movement.
func lowPass(rateHz int) byte {
	for _, f := range []struct {
		bandwidthHz int
		cfg         byte
	}{{94, 2}, {44, 3}, {21, 4}, {10, 5}} {
		if 2*f.bandwidthHz <= rateHz {
			return f.cfg
		}
	}
	return 6 // 5 Hz
}
