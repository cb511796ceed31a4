package bluez_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers/ble"
	"osmanthus/drivers/bluez"
)

// Each rung heals what only it heals, in the time that it asks for.
func TestEachRungHealsWhatItIsFor(t *testing.T) {
	cures := []string{"scan", "power", "hardware", "service"}
	for i, cure := range cures {
		t.Run(cure, func(t *testing.T) {
			inBubble(t, bluez.Opts{}, func(b *bench) {
				d := band(1)
				heard := 0
				go func() { // as the hub does
					for b.ctx.Err() == nil {
						b.adapter.Scan(b.ctx, func(ble.Heard) { heard++ })
						time.Sleep(time.Second)
					}
				}()
				synctest.Wait()
				b.world.Advertise(d, -60, nil, nil)
				synctest.Wait()
				b.world.Deafen("hci0", cure)
				for rung, r := range b.adapter.Rungs() {
					before := heard
					began := time.Now()
					if err := b.adapter.Heal(b.ctx, rung); err != nil {
						b.Errorf("%s: %v", r.Name, err)
					}
					for heard == before && time.Since(began) < r.Wait {
						time.Sleep(time.Second)
						b.world.Advertise(d, int16(-40-time.Since(began)/time.Second), nil, nil)
						synctest.Wait()
					}
					if healed := heard > before; healed != (rung == i) {
						b.Fatalf("%s: hears %v after %v", r.Name, healed, time.Since(began))
					}
					if rung == i {
						return
					}
				}
			})
		})
	}
}

// What cannot be done is said, in time.
func TestRungsThatCannotBeDone(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		b.scan(b.ctx)
		b.world.Refuse("Manager.RestartUnit", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", "Interactive authentication required.")
		b.world.Refuse("reset", "org.freedesktop.DBus.Error.Failed", "permission denied")
		if err := b.adapter.Heal(b.ctx, 3); err == nil || !strings.Contains(err.Error(), "polkit") {
			b.Errorf("without the right: %v", err)
		}
		if err := b.adapter.Heal(b.ctx, 2); err == nil {
			b.Error("reset without the right")
		}
		if err := b.adapter.Heal(b.ctx, 4); err == nil {
			b.Error("a rung that there is not")
		}
		for _, method := range []string{"Properties.Set", "Adapter1.StopDiscovery", "Adapter1.StartDiscovery", "Properties.GetAll", "Manager.RestartUnit"} {
			b.world.Silence(method, true) // all of it hangs
		}
		for i, r := range b.adapter.Rungs() {
			if r.Name == "reset hardware" {
				continue
			}
			began := time.Now()
			if err := b.adapter.Heal(b.ctx, i); err == nil || time.Since(began) > r.Wait {
				b.Errorf("%s, and nothing answers: %v after %v", r.Name, err, time.Since(began))
			}
		}
	})
}

// A bluetoothd that hangs ends a scan by an error.
func TestAScanEndsWhenNothingAnswers(t *testing.T) {
	inBubble(t, bluez.Opts{}, func(b *bench) {
		e := b.scan(b.ctx)
		b.world.Silence("Properties.GetAll", true)
		b.world.Silence("Adapter1.StopDiscovery", true)
		select {
		case err := <-e.err:
			b.Log(err)
		case <-time.After(20 * time.Second):
			b.Error("the scan hangs")
		}
	})
}

// sys makes the kernel's files of an adapter.
func sys(t *testing.T, subsystem string) (root string, read func(file string) string) {
	root = t.TempDir()
	write := func(file, text string) {
		file = filepath.Join(root, file)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, file string) {
		file = filepath.Join(root, file)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.Symlink(filepath.Join(root, to), file)); err != nil {
			t.Fatal(err)
		}
	}
	device := "devices/uart/serial0-0"
	driver := "bus/serial/drivers/hci_uart_bcm"
	if subsystem == "usb" {
		device, driver = "devices/usb1/1-1/1-1:1.0", "bus/usb/drivers/usb"
		link(driver, "devices/usb1/1-1/driver")
	} else {
		link(driver, device+"/driver")
	}
	write(driver+"/unbind", "")
	write(driver+"/bind", "")
	write(device+"/bluetooth/hci0/rfkill3/soft", "0")
	link("bus/"+subsystem, device+"/subsystem")
	link(device, device+"/bluetooth/hci0/device")
	link(device+"/bluetooth/hci0", "class/bluetooth/hci0")
	return root, func(file string) string {
		b, err := os.ReadFile(filepath.Join(root, strings.NewReplacer("DRIVER", driver, "DEVICE", device).Replace(file)))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
}

func TestTheKernelsSwitches(t *testing.T) { synctest.Test(t, kernelsSwitches) }

func kernelsSwitches(t *testing.T) {
	for subsystem, name := range map[string]string{"usb": "1-1", "serial": "serial0-0"} {
		root, read := sys(t, subsystem)
		if err := (bluez.Sys{Root: root}).Reset(t.Context(), "hci0"); err != nil {
			t.Error(err)
		}
		if u, b := read("DRIVER/unbind"), read("DRIVER/bind"); u != name || b != name {
			t.Errorf("%s: %q taken away, %q given back", subsystem, u, b)
		}
		if v := read("DEVICE/bluetooth/hci0/rfkill3/soft"); v != "0" {
			t.Errorf("%s: left blocked: %q", subsystem, v)
		}
	}
	root, read := sys(t, "usb")
	ctx, stop := context.WithCancel(t.Context())
	stop() // in the middle: nothing stays taken away
	if err := (bluez.Sys{Root: root}).Reset(ctx, "hci0"); err != nil || read("DRIVER/bind") != "1-1" {
		t.Errorf("%v, bound: %q", err, read("DRIVER/bind"))
	}
	for _, adapter := range []string{"hci1", "", "../hci0", "."} {
		if err := (bluez.Sys{Root: root}).Reset(t.Context(), adapter); err == nil {
			t.Errorf("%q was reset", adapter)
		}
	}
	if os.Geteuid() == 0 {
		return // root may do all
	}
	if err := (bluez.Sys{}).Reset(t.Context(), "hci0"); err == nil {
		t.Error("reset without the right")
	} else if errors.Is(err, fs.ErrPermission) && !strings.Contains(err.Error(), "root") {
		t.Error(err)
	}
}
