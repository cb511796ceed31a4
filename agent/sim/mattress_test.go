package sim

import (
	"fmt"
	"math"
	"testing"
	"time"

	"osmanthus/drivers/ads1115"
	"osmanthus/drivers/fsrmatrix"
)

// selectLines are the four pins of a home's mattress, from both sides.
func selectLines(h *Home, name string) (pins [4]*Pin, lines [4]fsrmatrix.Selector) {
	for i := range pins {
		pins[i] = h.Pin(fmt.Sprintf("%s-%d", name, i))
		lines[i] = pins[i]
	}
	return pins, lines
}

func TestA1_FSRMatrixDriverOnItsModel(t *testing.T) {
	bubble(t, func(t *testing.T, h *Home) {
		began := time.Now()
		pins, lines := selectLines(h, "bed")
		presses := NewMattress(pins, func(at time.Time) (v [16]float64) {
			for i := range v {
				v[i] = 0.1*float64(i) + at.Sub(began).Seconds()/100
			}
			return v
		})
		h.Bus("bed").Attach(ads1115.Addr, NewADS1115([4]Volts{1: presses.Volts}))
		adc, err := ads1115.New(h.Bus("bed"), ads1115.Addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		d, err := fsrmatrix.New(adc.Input(ads1115.A1), lines, 0)
		if err != nil {
			t.Fatal(err)
		}
		var f fsrmatrix.Frame
		for range 60 {
			time.Sleep(time.Second)
			at := time.Since(began).Seconds()
			if err := d.Sense(&f); err != nil {
				t.Fatal(err)
			}
			for i, c := range f.Counts {
				if want := (0.1*float64(i) + at/100) / 3.3 * 1023; math.Abs(c-want) > 0.2 {
					t.Errorf("cell %d: %v counts, want %v", i, c, want)
				}
			}
		}
	})
}
