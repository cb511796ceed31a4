package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// application is a GATT service as BlueZ's GattManager1 wants it exported.
type application struct {
	bus     *dbus.Conn
	root    dbus.ObjectPath
	service string
	values  []*exported
}

// exported is one characteristic on D-Bus.
type exported struct {
	Value
	path  dbus.ObjectPath
	props *prop.Properties

	mu         sync.Mutex
	subscribed bool
}

const (
	serviceInterface        = "org.bluez.GattService1"
	characteristicInterface = "org.bluez.GattCharacteristic1"
)

func newApplication(bus *dbus.Conn, service string, values []Value) *application {
	a := &application{bus: bus, root: "/device", service: service}
	for i, v := range values {
		path := dbus.ObjectPath(fmt.Sprintf("/device/service0/char%d", i))
		a.values = append(a.values, &exported{Value: v, path: path})
	}
	return a
}

func (a *application) servicePath() dbus.ObjectPath { return a.root + "/service0" }

func (a *application) export() error {
	if err := a.bus.Export(a, a.root, "org.freedesktop.DBus.ObjectManager"); err != nil {
		return err
	}
	service := prop.Map{serviceInterface: constants(a.serviceProperties())}
	if _, err := prop.Export(a.bus, a.servicePath(), service); err != nil {
		return err
	}
	for _, v := range a.values {
		if err := a.bus.Export(v, v.path, characteristicInterface); err != nil {
			return err
		}
		fixed := constants(a.characteristicProperties(v))
		fixed["Value"] = &prop.Prop{Value: []byte{}, Emit: prop.EmitTrue}
		var err error
		if v.props, err = prop.Export(a.bus, v.path, prop.Map{characteristicInterface: fixed}); err != nil {
			return err
		}
	}
	return nil
}

func (a *application) serviceProperties() map[string]dbus.Variant {
	return map[string]dbus.Variant{"UUID": dbus.MakeVariant(a.service), "Primary": dbus.MakeVariant(true)}
}

func (a *application) characteristicProperties(v *exported) map[string]dbus.Variant {
	return map[string]dbus.Variant{
		"UUID": dbus.MakeVariant(v.UUID), "Service": dbus.MakeVariant(a.servicePath()), "Flags": dbus.MakeVariant(v.Flags),
	}
}

func constants(values map[string]dbus.Variant) map[string]*prop.Prop {
	m := map[string]*prop.Prop{}
	for name, v := range values {
		m[name] = &prop.Prop{Value: v.Value(), Emit: prop.EmitFalse}
	}
	return m
}

// GetManagedObjects tells BlueZ what there is.
func (a *application) GetManagedObjects() (map[dbus.ObjectPath]map[string]map[string]dbus.Variant, *dbus.Error) {
	all := map[dbus.ObjectPath]map[string]map[string]dbus.Variant{
		a.servicePath(): {serviceInterface: a.serviceProperties()},
	}
	for _, v := range a.values {
		all[v.path] = map[string]map[string]dbus.Variant{characteristicInterface: a.characteristicProperties(v)}
	}
	return all, nil
}

// ReadValue answers a read.
func (v *exported) ReadValue(map[string]dbus.Variant) ([]byte, *dbus.Error) {
	return v.Say(time.Now()), nil
}

// StartNotify is called when somebody subscribes.
func (v *exported) StartNotify() *dbus.Error { return v.subscribe(true) }

// StopNotify is called when nobody is left.
func (v *exported) StopNotify() *dbus.Error { return v.subscribe(false) }

// Confirm says that an indication has arrived.
func (v *exported) Confirm() *dbus.Error { return nil }

func (v *exported) subscribe(on bool) *dbus.Error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.subscribed = on
	return nil
}

func (v *exported) wanted() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.subscribed
}

// talk says what is to be said until ctx ends.
func (a *application) talk(ctx context.Context) {
	var wg sync.WaitGroup
	for _, v := range a.values {
		if v.Every == 0 {
			continue
		}
		wg.Go(func() {
			for rest(ctx, v.Every) {
				if v.wanted() {
					v.props.SetMust(characteristicInterface, "Value", v.Say(time.Now()))
				}
			}
		})
	}
	wg.Wait()
}

// advertisement is what BlueZ's LEAdvertisingManager1 wants exported.
type advertisement struct{}

// Release is BlueZ's word that it no longer advertises.
func (advertisement) Release() *dbus.Error { return nil }

func exportAdvertisement(bus *dbus.Conn, path dbus.ObjectPath, name, service string) error {
	const of = "org.bluez.LEAdvertisement1"
	if err := bus.Export(advertisement{}, path, of); err != nil {
		return err
	}
	_, err := prop.Export(bus, path, prop.Map{of: constants(map[string]dbus.Variant{
		"Type": dbus.MakeVariant("peripheral"), "LocalName": dbus.MakeVariant(name), "ServiceUUIDs": dbus.MakeVariant([]string{service}),
		"Discoverable": dbus.MakeVariant(true),
	})})
	return err
}
