package hardware

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"osmanthus/drivers/bus"

	"periph.io/x/conn/v3/gpio"
)

// PinsEnv names pins in the order in which a driver wants them:
// OSMANTHUS_PINS=GPIO23,GPIO24, or modelled ones.
const PinsEnv = "OSMANTHUS_PINS"

// Pins opens as many pins as the environment names, and skips the test if it
// names others.
func Pins(t *testing.T, n int) (pins []gpio.PinIO) {
	t.Helper()
	names := strings.Split(os.Getenv(PinsEnv), ",")
	if len(names) != n || names[0] == "" {
		t.Skipf("SKIPPED: no hardware (set %s to %d pins, as in GPIO23,GPIO24)", PinsEnv, n)
	}
	for _, name := range names {
		p, err := bus.OpenPin(name, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := p.(io.Closer); ok {
			t.Cleanup(func() {
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		pins = append(pins, p)
	}
	return pins
}
