package ads1115

import (
	"testing"
	"time"

	"osmanthus/drivers/internal/hardware"

	"periph.io/x/conn/v3/physic"
)

// All four inputs can be measured, each in about a conversion's time.
func TestOnHardware(t *testing.T) {
	d, err := New(hardware.Bus(t), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Halt()
	for _, input := range []Mux{A0, A1, A2, A3} {
		began := time.Now()
		v, err := d.Input(input).Voltage()
		if err != nil || v < -physic.Volt || v > 4096*physic.MilliVolt {
			t.Errorf("%v: %v, %v", input, v, err)
		}
		if took := time.Since(began); took > 100*time.Millisecond {
			t.Errorf("%v took %v", input, took)
		}
	}
}
