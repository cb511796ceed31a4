package bench

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// Value is a characteristic of a Device: what it is by number, what BlueZ calls
// its flags ("read", "notify", "indicate"), and what it has to say.
type Value struct {
	UUID  string
	Flags []string
	Say   func(at time.Time) []byte
	// Every is how often it is said to who has subscribed; 0: never unasked.
	Every time.Duration
}

// Device is a Bluetooth device in its wearer's hands: a GATT server on a
// controller of the air, which advertises while nobody is connected.
type Device struct {
	t          testing.TB
	air        *BlueZ
	controller int
	name       string
	service    string
	values     []Value
	stop       context.CancelFunc
	wg         sync.WaitGroup
}

// NewDevice describes a device with one service; it is off.
func NewDevice(t testing.TB, air *BlueZ, controller int, name, service string, values ...Value) *Device {
	d := &Device{t: t, air: air, controller: controller, name: name, service: service, values: values}
	t.Cleanup(d.Off)
	return d
}

// Address is what others know it by.
func (d *Device) Address() string { return d.air.Address(d.controller) }

// On switches it on: it advertises, and serves who connects. It goes on when
// bluetoothd was away.
func (d *Device) On() {
	d.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	d.stop = stop
	failed := make(chan error, 1)
	d.wg.Go(func() {
		for first := true; ctx.Err() == nil; first = false {
			err := d.live(ctx, func() {
				if first {
					failed <- nil
				}
			})
			if first && err != nil {
				select {
				case failed <- err:
				default:
				}
			}
			rest(ctx, time.Second)
		}
	})
	if err := <-failed; err != nil {
		d.t.Fatalf("bench: %s does not switch on: %v", d.name, err)
	}
}

// Off takes it out of reach: it neither advertises nor answers, and connections
// end.
func (d *Device) Off() {
	if d.stop == nil {
		return
	}
	d.stop()
	d.wg.Wait()
	d.stop = nil
}

func rest(ctx context.Context, t time.Duration) bool {
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// live is one life of the device on one bluetoothd.
func (d *Device) live(ctx context.Context, ready func()) error {
	bus, err := dbus.ConnectSystemBus()
	if err != nil {
		return err
	}
	defer bus.Close() // bluetoothd forgets application and advertisement
	adapter := bus.Object("org.bluez", adapterPath(d.controller))
	if err := adapter.SetProperty("org.bluez.Adapter1.Powered", dbus.MakeVariant(true)); err != nil {
		return err
	}
	if err := registerAgent(bus); err != nil {
		return fmt.Errorf("registering the agent: %w", err)
	}
	app := newApplication(bus, d.service, d.values)
	if err := app.export(); err != nil {
		return err
	}
	none := map[string]dbus.Variant{}
	if err := adapter.Call("org.bluez.GattManager1.RegisterApplication", 0, app.root, none).Err; err != nil {
		return fmt.Errorf("registering the service: %w", err)
	}
	advertisement := dbus.ObjectPath("/device/advertisement")
	if err := exportAdvertisement(bus, advertisement, d.name, d.service); err != nil {
		return err
	}
	said := make(chan struct{})
	defer func() { <-said }()
	talking, quiet := context.WithCancel(ctx)
	defer quiet()
	go func() {
		defer close(said)
		app.talk(talking)
	}()
	for first := true; ; first = false {
		// btvirt tells an advertisement once, when it is switched on or a scan
		// begins: so it is switched on again and again, as often as bands send.
		if !d.connected(bus) {
			if !first {
				_ = adapter.Call("org.bluez.LEAdvertisingManager1.UnregisterAdvertisement", 0, advertisement).Err
			}
			if err := adapter.Call("org.bluez.LEAdvertisingManager1.RegisterAdvertisement", 0, advertisement, none).Err; err != nil {
				return fmt.Errorf("advertising: %w", err)
			}
		}
		if first {
			ready()
		}
		if !rest(ctx, time.Second) {
			break
		}
	}
	// Out of reach: whoever is connected loses the link.
	return adapter.SetProperty("org.bluez.Adapter1.Powered", dbus.MakeVariant(false))
}

// connected says whether somebody is connected to the device's controller.
func (d *Device) connected(bus *dbus.Conn) bool {
	var objects map[dbus.ObjectPath]map[string]map[string]dbus.Variant
	if err := bus.Object("org.bluez", "/").Call("org.freedesktop.DBus.ObjectManager.GetManagedObjects", 0).Store(&objects); err != nil {
		return false
	}
	for _, interfaces := range objects {
		peer := interfaces["org.bluez.Device1"]
		if peer["Adapter"].Value() == adapterPath(d.controller) && peer["Connected"].Value() == true {
			return true
		}
	}
	return false
}
