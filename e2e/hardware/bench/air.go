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

// Air is Bluetooth controllers that hear each other (btvirt), hci0 and so on,
// and one BlueZ for all of them, on a system bus of its own.
type Air struct {
	t           testing.TB
	controllers int
	bus         *dbus.Conn // the bench's own
	daemon      *exec.Cmd  // bluetoothd, nil while it is dead
}

// busSocket is where D-Bus programs look for the system bus by default.
const busSocket = "/run/dbus/system_bus_socket"

// NewAir makes controllers; they vanish when the test ends.
func NewAir(t testing.TB, controllers int) *Air {
	t.Helper()
	for _, name := range []string{"btvirt", "dbus-daemon", bluetoothd} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("bench: %v: tools/debian-packages bluez bluez-test-tools dbus-daemon", err)
		}
	}
	a := &Air{t: t, controllers: controllers}
	a.run("btvirt", "-L", "-l"+strconv.Itoa(controllers))
	Eventually(t, 10*time.Second, "controllers", func() error {
		_, err := os.Stat("/sys/class/bluetooth/hci" + strconv.Itoa(controllers-1))
		return err
	})
	a.startBus()
	a.StartDaemon()
	t.Cleanup(func() { a.daemon = nil })
	return a
}

const bluetoothd = "/usr/libexec/bluetooth/bluetoothd"

// run starts a program that ends with the test, its output among the test's if
// that fails.
func (a *Air) run(name string, args ...string) *exec.Cmd {
	a.t.Helper()
	log, err := os.CreateTemp(a.t.TempDir(), filepath.Base(name))
	must(a.t, err)
	c := exec.Command(name, args...)
	c.Stdout, c.Stderr = log, log
	must(a.t, c.Start())
	a.t.Cleanup(func() {
		kill(c)
		if b, err := os.ReadFile(log.Name()); err == nil && a.t.Failed() {
			a.t.Logf("%s said:\n%s", name, b[max(0, len(b)-4000):])
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
func (a *Air) startBus() {
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
	a.run("dbus-daemon", "--config-file="+file, "--nofork", "--nopidfile")
	Eventually(a.t, 10*time.Second, "the system bus", func() error {
		bus, err := dbus.ConnectSystemBus()
		a.bus = bus
		return err
	})
	a.t.Cleanup(func() { a.bus.Close() })
}

// StartDaemon starts bluetoothd and waits until every controller is on.
func (a *Air) StartDaemon() {
	a.t.Helper()
	file := filepath.Join(a.t.TempDir(), "bluez.conf")
	// Without a cache every connection finds the services anew.
	must(a.t, os.WriteFile(file, []byte("[GATT]\nCache = no\n[Policy]\nAutoEnable = true\n"), 0o644))
	a.daemon = a.run(bluetoothd, "--nodetach", "--experimental", "--configfile="+file, "--noplugin=sap,avrcp,a2dp,bap,mcp,vcp,hostname")
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
func (a *Air) KillDaemon() {
	a.t.Helper()
	kill(a.daemon)
}

// Address is the address of a controller, as others hear it.
func (a *Air) Address(n int) string {
	a.t.Helper()
	v, err := a.bus.Object("org.bluez", adapterPath(n)).GetProperty("org.bluez.Adapter1.Address")
	must(a.t, err)
	return v.Value().(string)
}

func adapterPath(n int) dbus.ObjectPath { return dbus.ObjectPath("/org/bluez/hci" + strconv.Itoa(n)) }

// Power switches a controller on or off, as somebody at the machine might.
func (a *Air) Power(n int, on bool) {
	a.t.Helper()
	must(a.t, a.bus.Object("org.bluez", adapterPath(n)).SetProperty("org.bluez.Adapter1.Powered", dbus.MakeVariant(on)))
}
