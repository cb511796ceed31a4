// Package hardware lends tests a real bus, where the environment names one, and
// records what was said on it.
package hardware

import (
	"os"
	"testing"
	"time"

	"osmanthus/drivers/bus"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2ctest"
)

// Env names the bus: OSMANTHUS_I2C=/dev/i2c-1, or a modelled one,
// sim:unix:///path/to.sock#name.
const Env = "OSMANTHUS_I2C"

// Bus opens the bus that the environment names, and skips the test if there is
// none. With go test -v the traffic is printed when the test ends, ready to
// become a playback.
func Bus(t *testing.T) i2c.Bus {
	t.Helper()
	addr := os.Getenv(Env)
	if addr == "" {
		t.Skipf("SKIPPED: no hardware (set %s=/dev/i2c-1)", Env)
	}
	b, err := bus.Open(addr, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	record := &i2ctest.Record{Bus: b}
	t.Cleanup(func() {
		for _, op := range record.Ops {
			t.Logf("%#02x  w % x  r % x", op.Addr, op.W, op.R)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return record
}
