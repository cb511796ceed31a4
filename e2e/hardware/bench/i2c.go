package bench

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"periph.io/x/conn/v3/i2c"
)

// Adapter is a USB I²C adapter (i2c-tiny-usb) in a port of the emulated machine,
// with modelled chips on its wires. The kernel's own USB core, driver and
// i2c-dev stand between them and /dev/i2c-N.
type Adapter struct {
	t      testing.TB
	wires  i2c.Bus
	cable  *cable
	device string
	// The answer to the driver's next question, how the last message went.
	status byte
	// A write that a read may follow without a stop between: a model takes both
	// as one transfer.
	addr    uint16
	pending []byte
}

// The commands of i2c-tiny-usb's protocol, as its kernel driver sends them; a
// message carries whether it opens and closes a transaction.
const (
	tinyEcho, tinyFunctions, tinyDelay, tinyStatus = 0, 1, 2, 3
	tinyMessage, tinyBegin, tinyEnd                = 4, 1, 2

	tinyAcknowledged, tinyRefused = 1, 2
)

// PlugAdapter plugs one in that has these wires, and pulls it when the test ends.
func PlugAdapter(t testing.TB, wires i2c.Bus) *Adapter {
	t.Helper()
	a := &Adapter{t: t, wires: wires}
	a.Plug()
	t.Cleanup(a.Unplug)
	return a
}

// Plug puts it in again.
func (a *Adapter) Plug() {
	a.t.Helper()
	before := adapters()
	c, err := plug(a.control)
	must(a.t, err)
	a.cable = c
	Eventually(a.t, 10*time.Second, "an I²C adapter", func() error {
		for _, device := range adapters() {
			if !slices.Contains(before, device) {
				a.device = device
				return nil
			}
		}
		return fmt.Errorf("none but %v", before)
	})
}

// Unplug pulls it, in the middle of whatever it does.
func (a *Adapter) Unplug() {
	a.t.Helper()
	if a.cable == nil {
		return
	}
	a.cable.pull()
	a.cable = nil
	Eventually(a.t, 10*time.Second, "the I²C adapter's end", func() error {
		if slices.Contains(adapters(), a.device) {
			return fmt.Errorf("%s is still there", a.device)
		}
		return nil
	})
}

// Device is the file of the adapter's bus, such as /dev/i2c-0.
func (a *Adapter) Device() string { return a.device }

// adapters are the files of all I²C buses.
func adapters() (devices []string) {
	names, _ := filepath.Glob("/sys/class/i2c-dev/i2c-*/name")
	for _, name := range names {
		device := "/dev/" + filepath.Base(filepath.Dir(name))
		if _, err := os.Stat(device); err == nil {
			devices = append(devices, device)
		}
	}
	return devices
}

func (a *Adapter) control(setup, out []byte) ([]byte, bool) {
	le := binary.LittleEndian
	if setup[0]&0x60 == 0 {
		return descriptors(0x0403, 0xC631, "virtual i2c-tiny-usb", setup)
	}
	length := int(le.Uint16(setup[6:]))
	switch request := setup[1]; request {
	case tinyEcho, tinyDelay:
		return nil, true
	case tinyFunctions: // I2C_FUNC_I2C and I2C_FUNC_SMBUS_EMUL
		return le.AppendUint32(nil, 0x0EFF0009), true
	case tinyStatus:
		return []byte{a.status}, true
	case tinyMessage, tinyMessage | tinyBegin, tinyMessage | tinyEnd, tinyMessage | tinyBegin | tinyEnd:
		return a.message(le.Uint16(setup[4:]), request&tinyEnd != 0, setup[0]&0x80 != 0, out, length), true
	}
	return nil, false
}

// message does one message on the wires and remembers how it went. A write
// without an end waits for the read that follows.
func (a *Adapter) message(addr uint16, end, read bool, out []byte, length int) (in []byte) {
	a.status = tinyAcknowledged
	if !read && !end {
		a.addr, a.pending = addr, append([]byte(nil), out...)
		return nil
	}
	if read {
		in = make([]byte, length)
		out = nil
		if a.pending != nil && a.addr == addr {
			out = a.pending
		}
	}
	a.pending = nil
	if err := a.wires.Tx(addr, out, in); err != nil {
		a.status = tinyRefused
	}
	return in
}
