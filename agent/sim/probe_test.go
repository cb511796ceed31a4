package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/adxl345"
	"osmanthus/drivers/catalog"
	"osmanthus/drivers/lines"
	"osmanthus/drivers/lsm6dso"
	"osmanthus/drivers/max30102"
	"osmanthus/drivers/mpu6050"
	"osmanthus/drivers/probe"
	"osmanthus/drivers/vl53l1x"
)

// osmanthus-probe reads every driver of the catalogue over the socket.
func TestProbeReadsTheModelledHome(t *testing.T) {
	h := NewHome(nil)
	b := h.Bus("bed-1")
	b.Attach(mpu6050.Addr, NewMPU6050(ramp(time.Now())))
	b.Attach(lsm6dso.Addr, NewLSM6DSO(ramp(time.Now())))
	b.Attach(adxl345.Addr, NewADXL345(ramp(time.Now())))
	b.Attach(vl53l1x.Addr, NewVL53L1X(func(time.Time) float64 { return 1.2 }))
	b.Attach(max30102.Addr, NewMAX30102(finger(time.Now())))
	b.Attach(ads1115.Addr, NewADS1115([4]Volts{func(time.Time) float64 { return 1.5 }}))
	h.Bus("bed-2").Attach(ads1115.Addr, NewADS1115([4]Volts{func(time.Time) float64 { return 1.5 }}))
	attachAir(h)
	NewHX711(h.Pin("dt"), h.Pin("sck"), 10, func(time.Time) float64 { return 1234 })
	for _, s := range []string{"s0", "s1", "s2", "s3"} {
		h.Pin(s)
	}
	NewContact(h.Pin("cord"), lines.NormallyOpen).Press()
	s := serve(t, h)
	for _, k := range catalog.Kinds() {
		name := map[string]string{"i2c": "bed-1", "gpio": "cord", "serial": k.Name}[k.Bus]
		if k.Name == "sht4x" || k.Name == "fsrmatrix" {
			name = "bed-2" // an SHT3x has the same address, and a bed pad the same converter
		}
		if k.Bus == "serial" {
			h.Serial(name).Plug(radars[k.Name](sitting))
		}
		at := s.Addr(name)
		switch k.Name {
		case "hx711":
			at = s.Addr("dt") + "," + s.Addr("sck")
		case "fsrmatrix":
			at = strings.Join([]string{at, s.Addr("s0"), s.Addr("s1"), s.Addr("s2"), s.Addr("s3")}, ",")
		}
		t.Run(k.Name, func(t *testing.T) { t.Parallel(); probed(t, k, at) })
	}
}

// probed reads two lines of a driver.
func probed(t *testing.T, k catalog.Kind, at string) {
	var out, errs bytes.Buffer
	status := probe.Run(context.Background(),
		[]string{"read", "-driver", k.Name, "-bus", at, "-n", "2"}, nil, &out, &errs, probe.Messages{})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if status != 0 || len(lines) != 2 {
		t.Fatalf("%d %q %q", status, out.String(), errs.String())
	}
	for _, text := range lines {
		var line probe.Line
		if err := json.Unmarshal([]byte(text), &line); err != nil || line.Error != "" || line.Driver != k.Name {
			t.Errorf("%s: %s, %v", k.Name, text, err)
		}
		for _, r := range line.Readings {
			if r.Unit == "" || r.Unit != k.Unit(r.Metric) {
				t.Errorf("%s: %+v", k.Name, r)
			}
			if r.Metric == "call_line" && r.Value != 1 {
				t.Errorf("a press reads as %+v", r)
			}
		}
	}
}

// attachAir furnishes what looks at air and heat.
func attachAir(h *Home) {
	began := time.Now()
	air := room(began)
	heat := func(at time.Time, x, y float64) float64 {
		return slope(began)(at, x, y) + math.Sin(20*at.Sub(began).Seconds())
	}
	dioxide := NewSCD4X(air)
	dioxide.SetSlow(-0.96) // every 0.2 s: nobody waits for this test
	for addr, chip := range map[uint16]Chip{
		0x76: NewBME280(air), 0x44: NewSHT3X(air), 0x62: dioxide, 0x33: NewMLX90640(heat),
		0x69: NewAMG8833(heat), 0x5A: NewMLX90614(func(time.Time) (object, chip float64) { return 33, 24 }),
	} {
		h.Bus("bed-1").Attach(addr, chip)
	}
	h.Bus("bed-2").Attach(0x44, NewSHT4X(air))
}

// The catalogue, which may not import care, says what care says.
func TestCatalogueAgreesWithTheMetrics(t *testing.T) {
	for _, k := range catalog.Kinds() {
		for _, m := range k.Measures {
			metric, ok := care.MetricByName(m.Metric)
			if !ok {
				if m.Derived {
					t.Errorf("%s: %s is unknown to care", k.Name, m.Metric)
				}
				continue
			}
			info, _ := metric.Info()
			if info.LOINC != m.LOINC || (m.MDC != "" || info.MDC != 0) && m.MDC != jsonNumber(info.MDC) {
				t.Errorf("%s %s: codes %q %q, care has %q %d", k.Name, m.Metric, m.LOINC, m.MDC, info.LOINC, info.MDC)
			}
			if info.Unit != m.Unit && !(info.Unit == "g" && m.Unit == "[g]") {
				t.Errorf("%s %s: unit %q, care has %q", k.Name, m.Metric, m.Unit, info.Unit)
			}
		}
	}
}

func jsonNumber(v uint32) string {
	text, _ := json.Marshal(v)
	return string(text)
}
