package bench

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"osmanthus/agent/sim"
)

// Serial is a USB serial adapter (CDC ACM) with a module at its far end. Both
// ends are in the emulated machine: a USB gadget on a looped-back controller.
type Serial struct {
	t      testing.TB
	module sim.Talker
	gadget string
	far    *os.File
	wg     sync.WaitGroup
}

const (
	// serialPort is the agent's end, farEnd the module's.
	serialPort = "/dev/ttyACM0"
	farEnd     = "/dev/ttyGS0"
)

// PlugSerial plugs one in with this module, and pulls it when the test ends. There
// is one such port at a time.
func PlugSerial(t testing.TB, module sim.Talker) *Serial {
	t.Helper()
	s := &Serial{t: t, module: module, gadget: "/sys/kernel/config/usb_gadget/module"}
	for _, folder := range []string{"strings/0x409", "configs/c.1", "functions/acm.0"} {
		must(t, os.MkdirAll(filepath.Join(s.gadget, folder), 0o755))
	}
	put(t, filepath.Join(s.gadget, "idVendor"), "0x1d6b")
	put(t, filepath.Join(s.gadget, "idProduct"), "0x0104")
	put(t, filepath.Join(s.gadget, "strings/0x409/serialnumber"), "radar-1")
	must(t, os.Symlink(filepath.Join(s.gadget, "functions/acm.0"), filepath.Join(s.gadget, "configs/c.1/acm.0")))
	s.Plug()
	t.Cleanup(func() {
		s.Unplug()
		must(t, os.Remove(filepath.Join(s.gadget, "configs/c.1/acm.0")))
		for _, folder := range []string{"configs/c.1", "functions/acm.0", "strings/0x409", ""} {
			must(t, os.Remove(filepath.Join(s.gadget, folder)))
		}
	})
	return s
}

// Plug puts it in again.
func (s *Serial) Plug() {
	s.t.Helper()
	controllers, err := os.ReadDir("/sys/class/udc")
	must(s.t, err)
	if len(controllers) == 0 {
		s.t.Fatal("bench: no USB controller for gadgets in this kernel")
	}
	put(s.t, filepath.Join(s.gadget, "UDC"), controllers[0].Name())
	Eventually(s.t, 10*time.Second, "a serial port", func() error {
		_, err := os.Stat(serialPort)
		return err
	})
	// The module's end, raw and without echo; whoever opens the port sets it for
	// the agent's end.
	if s.far, err = os.OpenFile(farEnd, os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0); err == nil {
		err = raw(s.far)
	}
	must(s.t, err)
	far := s.far
	s.wg.Go(func() { s.speak(far) })
	s.wg.Go(func() { s.hear(far) })
}

// Unplug pulls it, in the middle of whatever it sends.
func (s *Serial) Unplug() {
	s.t.Helper()
	if s.far == nil {
		return
	}
	s.far.Close()
	s.wg.Wait()
	s.far = nil
	put(s.t, filepath.Join(s.gadget, "UDC"), "\n")
	Eventually(s.t, 10*time.Second, "the serial port's end", func() error {
		if _, err := os.Stat(serialPort); err == nil {
			return fmt.Errorf("%s is still there", serialPort)
		}
		return nil
	})
}

// Device is the agent's end.
func (s *Serial) Device() string { return serialPort }

// speak sends what the module says until the plug is pulled. What nobody reads
// is lost beyond some kilobytes, as with any adapter.
func (s *Serial) speak(far *os.File) {
	for {
		if said := s.module.Speak(time.Now(), nil); len(said) > 0 && s.send(far, said) != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (s *Serial) send(far *os.File, b []byte) error {
	err := far.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
	if err == nil {
		_, err = far.Write(b)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return err
}

// hear gives the module what it is told.
func (s *Serial) hear(far *os.File) {
	in := make([]byte, 256)
	for {
		n, err := far.Read(in)
		if err != nil {
			if !errors.Is(err, fs.ErrClosed) {
				s.t.Errorf("bench: listening at the module: %v", err)
			}
			return
		}
		if answer := s.module.Hear(in[:n], time.Now(), nil); len(answer) > 0 && s.send(far, answer) != nil {
			return
		}
	}
}
