package bme280

import (
	"math"
	"slices"
	"testing"
	"testing/synctest"

	"osmanthus/drivers/internal/faultbus"
	"osmanthus/drivers/internal/vectors"
)

func TestVectors(t *testing.T) {
	for device, check := range map[string]func(t *testing.T, v vectors.Vector) (map[string]float64, error){
		"bme280": compensated, "bmp280": compensated, "bmp180": compensated180, "bme280-bus": driven,
	} {
		all := vectors.For(t, device)
		passed := 0
		for _, v := range all {
			ok := t.Run(v.Name, func(t *testing.T) {
				want := map[string]any{}
				vectors.Into(t, v.Expected, &want)
				got, err := check(t, v)
				if (err != nil) != (want["error"] != nil) {
					t.Fatalf("%v, want error %v", err, want["error"])
				}
				for name, value := range want {
					value, number := value.(float64)
					if g, known := got[name]; number && (!known || math.Abs(g-value) > max(v.Tolerance[name], 1e-9)) {
						t.Errorf("%s: %v, want %v ± %v", name, g, value, v.Tolerance[name])
					}
				}
			})
			if ok {
				passed++
			}
		}
		t.Logf("%s: %d/%d", device, passed, len(all))
	}
}

func values(f Frame) map[string]float64 {
	m := map[string]float64{"temperature_C": f.TempC, "pressure_Pa": f.PressurePa}
	if f.HasHumidity {
		m["humidity_pct"] = f.HumidityPct
	}
	return m
}

func compensated(t *testing.T, v vectors.Vector) (map[string]float64, error) {
	var in struct {
		Calibration calibration
		T           int32  `json:"adc_T"`
		P           int32  `json:"adc_P"`
		H           *int32 `json:"adc_H"`
	}
	vectors.Into(t, v.Input, &in)
	r := raw{in.T, in.P, skippedHumidity}
	if in.H != nil {
		r.humidity = *in.H
	}
	f, err := in.Calibration.frame(r)
	if err != nil {
		return nil, err
	}
	// The integers of the same data sheet agree.
	c, p, h := integers(in.Calibration, r)
	if math.Abs(c-f.TempC) > 0.01 || math.Abs(p-f.PressurePa) > 1 || f.HasHumidity && math.Abs(h-f.HumidityPct) > 0.05 {
		t.Errorf("integers say %v °C %v Pa %v %%, doubles %+v", c, p, h, f)
	}
	return values(f), nil
}

func compensated180(t *testing.T, v vectors.Vector) (map[string]float64, error) {
	var in struct {
		calibration180
		UT, UP int64
		OSS    uint `json:"oss"`
	}
	vectors.Into(t, v.Input, &in)
	c, p, err := in.compensate(in.UT, in.UP, in.OSS)
	return map[string]float64{"temperature_C": c, "pressure_Pa": p}, err
}

// driven runs the driver on registers as they were recorded.
func driven(t *testing.T, v vectors.Vector) (got map[string]float64, err error) {
	var in struct {
		Ops []struct{ W, R string }
	}
	vectors.Into(t, v.Input, &in)
	bus := &registers{}
	for _, op := range in.Ops {
		if w, r := vectors.Hex(t, op.W), vectors.Hex(t, op.R); len(r) > 0 {
			copy(bus.file[w[0]:], r)
		}
	}
	bus.file[regStatus] = 0
	synctest.Test(t, func(t *testing.T) {
		d, e := New(bus, Addr, nil)
		if e != nil {
			t.Fatal(e)
		}
		var f Frame
		err = d.Sense(&f)
		got = values(f)
	})
	return got, err
}

// registers is a chip that remembers what is written and does nothing.
type registers struct {
	faultbus.Bus
	file [256]byte
}

func (s *registers) Tx(_ uint16, w, r []byte) error {
	if len(w) == 2 {
		s.file[w[0]] = w[1]
	}
	if len(r) > 0 {
		copy(r, s.file[w[0]:])
	}
	return nil
}

// integers is the compensation of the data sheet in 32 and 64 bits, section
// 4.2.3 "Compensation formulas".
func integers(c calibration, r raw) (celsius, pascal, percent float64) {
	at, t1 := int64(r.temperature), int64(c.T1)
	v1 := ((at>>3 - t1<<1) * int64(c.T2)) >> 11
	v2 := ((((at>>4 - t1) * (at>>4 - t1)) >> 12) * int64(c.T3)) >> 14
	fine := v1 + v2
	celsius = float64((fine*5+128)>>8) / 100

	v1 = fine - 128000
	v2 = v1*v1*int64(c.P6) + (v1*int64(c.P5))<<17 + int64(c.P4)<<35
	v1 = (v1*v1*int64(c.P3))>>8 + (v1*int64(c.P2))<<12
	v1 = ((1<<47 + v1) * int64(c.P1)) >> 33
	p := int64(1048576 - r.pressure)
	p = ((p<<31 - v2) * 3125) / v1
	v1 = (int64(c.P9) * (p >> 13) * (p >> 13)) >> 25
	v2 = (int64(c.P8) * p) >> 19
	pascal = float64((p+v1+v2)>>8+int64(c.P7)<<4) / 256

	h := fine - 76800
	h = ((int64(r.humidity)<<14 - int64(c.H4)<<20 - int64(c.H5)*h + 16384) >> 15) *
		(((((((h*int64(c.H6))>>10)*((h*int64(c.H3))>>11+32768))>>10)+2097152)*int64(c.H2) + 8192) >> 14)
	h -= (((h >> 15) * (h >> 15)) >> 7 * int64(c.H1)) >> 4
	return celsius, pascal, float64(min(max(h, 0), 419430400)>>12) / 1024
}

// FuzzParse: whatever stands in the registers, the driver never panics, and
// humidity stays a percentage.
func FuzzParse(f *testing.F) {
	f.Add(slices.Concat(cal, humCal, []byte{0x65, 0x5A, 0xC0, 0x7E, 0xED, 0x00, 0x7A, 0x76}))
	f.Add(make([]byte, calibrationBytes+humidityBytes+8+calibrationBytes180))
	f.Fuzz(func(t *testing.T, b []byte) {
		var main [calibrationBytes]byte
		var hum [humidityBytes]byte
		var data [8]byte
		var old [calibrationBytes180]byte
		for _, part := range [][]byte{main[:], hum[:], data[:], old[:]} {
			b = b[copy(part, b):]
		}
		c := parseCalibration(&main, &hum)
		r := parseRaw(data[:])
		got, err := c.frame(r)
		if err == nil && got.HasHumidity && !(got.HumidityPct >= 0 && got.HumidityPct <= 100) {
			t.Fatalf("%v %% of %+v", got.HumidityPct, r)
		}
		parseRaw(data[:6])
		c180, _ := parseCalibration180(&old)
		for oss := range uint(4) {
			if _, _, err := c180.compensate(int64(r.temperature), int64(r.pressure), oss); err != nil && err != errPressure {
				t.Fatal(err)
			}
		}
	})
}
