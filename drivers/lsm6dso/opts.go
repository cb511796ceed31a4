package lsm6dso

import (
	"cmp"
	"fmt"
	"time"
)

// Opts chooses rate and ranges; a zero field takes the value of DefaultOpts.
type Opts struct {
	RateHz  int // samples a second: 26, 52, 104 or 208
	AccelG  int // full scale of the accelerometer in ±g: 2, 4, 8 or 16
	GyroDPS int // full scale of the gyroscope in ±°/s: 125, 250, 500, 1000 or 2000
}

// DefaultOpts suits a wrist or a waist: an impact passes 8 g, an arm that
// flies up passes 1000 °/s.
var DefaultOpts = Opts{RateHz: 104, AccelG: 16, GyroDPS: 2000}

// config is Opts as registers and scales.
type config struct {
	period     time.Duration
	odr        byte // ODR_XL, ODR_G and both batching rates
	accel      byte // FS_XL << 2
	gyro       byte // FS_G << 1, with FS_125
	gPerLSB    float64
	dpsPerLSB  float64
	accelRange int
	gyroRange  int
}

func (o *Opts) config() (config, error) {
	v := DefaultOpts
	if o != nil {
		v = Opts{RateHz: cmp.Or(o.RateHz, v.RateHz), AccelG: cmp.Or(o.AccelG, v.AccelG), GyroDPS: cmp.Or(o.GyroDPS, v.GyroDPS)}
	}
	c := config{accelRange: v.AccelG, gyroRange: v.GyroDPS, period: time.Second / time.Duration(max(v.RateHz, 1))}
	var ok bool
	if c.odr, ok = map[int]byte{26: 2, 52: 3, 104: 4, 208: 5}[v.RateHz]; !ok {
		return config{}, fmt.Errorf("lsm6dso: rate %d Hz is not 26, 52, 104 or 208", v.RateHz)
	}
	// Sensitivities: data sheet, table "Mechanical characteristics".
	switch v.AccelG {
	case 2:
		c.accel, c.gPerLSB = 0<<2, 0.061e-3
	case 4:
		c.accel, c.gPerLSB = 2<<2, 0.122e-3
	case 8:
		c.accel, c.gPerLSB = 3<<2, 0.244e-3
	case 16:
		c.accel, c.gPerLSB = 1<<2, 0.488e-3
	default:
		return config{}, fmt.Errorf("lsm6dso: accelerometer range ±%d g is not 2, 4, 8 or 16", v.AccelG)
	}
	switch v.GyroDPS {
	case 125:
		c.gyro, c.dpsPerLSB = 1<<1, 4.375e-3
	case 250:
		c.gyro, c.dpsPerLSB = 0<<1, 8.75e-3
	case 500:
		c.gyro, c.dpsPerLSB = 2<<1, 17.5e-3
	case 1000:
		c.gyro, c.dpsPerLSB = 4<<1, 35e-3
	case 2000:
		c.gyro, c.dpsPerLSB = 6<<1, 70e-3
	default:
		return config{}, fmt.Errorf("lsm6dso: gyroscope range ±%d °/s is not 125, 250, 500, 1000 or 2000", v.GyroDPS)
	}
	return c, nil
}
