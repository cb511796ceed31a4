package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// BlueZ is the machine's bluetoothd, on a system bus of its own, for controllers
// that are plugged already.
type BlueZ struct {
	t           testing.TB
	controllers int
	bus         *dbus.Conn // the bench's own
	daemon      *exec.Cmd
}

// busSocket is where D-Bus programs look for the system bus by default.
const busSocket = "/run/dbus/system_bus_socket"

// NewAir makes controllers that hear each other (btvirt), hci0 and so on, and
// one BlueZ for all of them. They vanish when the test ends.
func NewAir(t testing.TB, controllers int) *BlueZ {
	t.Helper()
	run(t, "btvirt", "-L", "-l"+strconv.Itoa(controllers))
	return NewBlueZ(t, controllers)
}

// NewBlueZ starts BlueZ for the controllers hci0 and so on, until the test ends.
func NewBlueZ(t testing.TB, controllers int) *BlueZ {
	t.Helper()
	Eventually(t, 10*time.Second, "controllers", func() error {
		_, err := os.Stat("/sys/class/bluetooth/hci" + strconv.Itoa(controllers-1))
		return err
	})
	a := &BlueZ{t: t, controllers: controllers}
	a.startBus()
	a.StartDaemon()
	return a
}

const bluetoothd = "/usr/libexec/bluetooth/bluetoothd"

// run starts a program that ends with the test, its output among the test's if
// that fails.
func run(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	log, err := os.CreateTemp(t.TempDir(), filepath.Base(name))
	must(t, err)
	c := exec.Command(name, args...)
	c.Stdout, c.Stderr = log, log
	must(t, c.Start())
	t.Cleanup(func() {
		kill(c)
		if b, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("%s said:\n%s", name, b[max(0, len(b)-4000):])
		}
		log.Close()
	})
	return c
}

// kill ends a program, if it has not ended, and waits for it.
func kill(c *exec.Cmd) {
	if c.ProcessState == nil {
		_ = c.Process.Signal(syscall.SIGKILL)
		_ = c.Wait()
	}
}

// startBus starts a system bus on which everybody may do everything.
func (a *BlueZ) startBus() {
	a.t.Helper()
	const config = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=` + busSocket + `</listen>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
<allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
<allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
</policy></busconfig>`
	must(a.t, os.MkdirAll(filepath.Dir(busSocket), 0o755))
	_ = os.Remove(busSocket) // of an air before
	file := filepath.Join(a.t.TempDir(), "bus.conf")
	must(a.t, os.WriteFile(file, []byte(config), 0o644))
	run(a.t, "dbus-daemon", "--config-file="+file, "--nofork", "--nopidfile")
	Eventually(a.t, 10*time.Second, "the system bus", func() error {
		bus, err := dbus.ConnectSystemBus()
		a.bus = bus
		return err
	})
	a.t.Cleanup(func() { a.bus.Close() })
}

// StartDaemon starts bluetoothd and waits until every controller is on.
func (a *BlueZ) StartDaemon() {
	a.t.Helper()
	file := filepath.Join(a.t.TempDir(), "bluez.conf")
	// Without a cache every connection finds the services anew.
	must(a.t, os.WriteFile(file, []byte("[GATT]\nCache = no\n[Policy]\nAutoEnable = true\n"), 0o644))
	a.daemon = run(a.t, bluetoothd, "--nodetach", "--experimental", "--configfile="+file, "--noplugin=sap,avrcp,a2dp,bap,mcp,vcp,hostname")
	for n := range a.controllers {
		Eventually(a.t, 20*time.Second, "controller "+strconv.Itoa(n), func() error {
			on, err := a.bus.Object("org.bluez", adapterPath(n)).GetProperty("org.bluez.Adapter1.Powered")
			if err == nil && on.Value() != true {
				err = fmt.Errorf("is off")
			}
			return err
		})
	}
}

// KillDaemon kills bluetoothd as a fault would.
func (a *BlueZ) KillDaemon() {
	a.t.Helper()
	kill(a.daemon)
}

// Address is the address of a controller, as others hear it.
func (a *BlueZ) Address(n int) string {
	a.t.Helper()
	v, err := a.bus.Object("org.bluez", adapterPath(n)).GetProperty("org.bluez.Adapter1.Address")
	must(a.t, err)
	return v.Value().(string)
}

func adapterPath(n int) dbus.ObjectPath { return dbus.ObjectPath("/org/bluez/hci" + strconv.Itoa(n)) }

// Power switches a controller on or off, as somebody at the machine might.
func (a *BlueZ) Power(n int, on bool) {
	a.t.Helper()
	must(a.t, a.bus.Object("org.bluez", adapterPath(n)).SetProperty("org.bluez.Adapter1.Powered", dbus.MakeVariant(on)))
}
