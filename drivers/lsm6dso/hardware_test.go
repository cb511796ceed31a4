package lsm6dso

import (
	"testing"

	"osmanthus/drivers/internal/hardware"
)

func TestOnHardware(t *testing.T) {
	d, err := New(hardware.Bus(t), Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Halt()
	hardware.AtRest(t, d, 95, 115)
}
