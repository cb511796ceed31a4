package fakebluez

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/godbus/dbus/v5"
)

const objectManager = "org.freedesktop.DBus.ObjectManager"

// Advertise sends one advertisement of a device: data of services by their UUID,
// of manufacturers by their number. Whoever was not there before is added.
func (w *World) Advertise(d *Device, rssi int16, service map[string][]byte, manufacturer map[uint16][]byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.air[d.Address] = d
	for _, a := range w.adapters {
		if w.daemon == "" || !a.powered || !a.discovering || a.deaf != "" {
			continue
		}
		w.hear(a, d, rssi, service, manufacturer)
	}
}

func (w *World) hear(a *adapter, d *Device, rssi int16, service map[string][]byte, manufacturer map[uint16][]byte) {
	change := map[string]dbus.Variant{}
	if !d.heard || d.rssi != rssi {
		change["RSSI"] = dbus.MakeVariant(rssi)
	}
	d.heard, d.rssi = true, rssi
	if len(service) > 0 {
		d.serviceData = map[string]dbus.Variant{}
		for uuid, b := range service {
			d.serviceData[uuid] = dbus.MakeVariant(b)
		}
		change["ServiceData"] = dbus.MakeVariant(d.serviceData)
	}
	if len(manufacturer) > 0 {
		d.manufacturerData = map[uint16]dbus.Variant{}
		for id, b := range manufacturer {
			d.manufacturerData[id] = dbus.MakeVariant(b)
		}
		change["ManufacturerData"] = dbus.MakeVariant(d.manufacturerData)
	}
	if a.devices[d.Address] == nil {
		w.add(a, d)
		return
	}
	if len(change) > 0 {
		w.changed(d.path, "org.bluez.Device1", change)
	}
}

// add makes a device known to bluetoothd.
func (w *World) add(a *adapter, d *Device) {
	a.devices[d.Address] = d
	d.path, d.adapter = devicePath(a, d.Address), a
	w.signal(w.daemon, "/", objectManager, "InterfacesAdded", dbus.ObjectPath(d.path), d.interfaces())
}

// Remember makes a device known that was not heard, as bluetoothd knows bonded
// ones from its files.
func (w *World) Remember(name string, d *Device) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.air[d.Address] = d
	w.add(w.adapters[name], d)
}

// Vanish is what happens when a device goes out of reach.
func (w *World) Vanish(d *Device) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.air, d.Address)
	w.disconnect(d)
}

// Forget is what bluetoothd does some time after a device was last heard.
func (w *World) Forget(d *Device) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.forget(d)
}

func (w *World) forget(d *Device) {
	if d.adapter == nil || d.adapter.devices[d.Address] != d {
		return
	}
	w.disconnect(d)
	delete(d.adapter.devices, d.Address)
	d.heard, d.serviceData, d.manufacturerData, d.paired, d.trusted = false, nil, nil, false, false
	w.signal(w.daemon, "/", objectManager, "InterfacesRemoved", dbus.ObjectPath(d.path), []string{"org.bluez.Device1"})
}

func (w *World) forgetAll(a *adapter) {
	for _, d := range a.devices {
		d.connected, d.resolved, d.heard = false, false, false
		for _, c := range d.chars() {
			c.notifying = false
		}
	}
	a.devices = map[string]*Device{}
}

func (w *World) disconnect(d *Device) {
	if !d.connected {
		return
	}
	d.connected, d.resolved = false, false
	for _, c := range d.chars() {
		c.notifying = false
	}
	w.changed(d.path, "org.bluez.Device1", map[string]dbus.Variant{
		"Connected": dbus.MakeVariant(false), "ServicesResolved": dbus.MakeVariant(false)})
}

// hangUpOn is Device1.Disconnect: a connect under way is cancelled at once, a
// connection ends after 2 s, as BlueZ 5.66 does.
func (w *World) hangUpOn(d *Device) {
	w.mu.Lock()
	d.dials++
	connected := d.connected
	w.mu.Unlock()
	if connected {
		time.Sleep(2 * time.Second)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.disconnect(d)
}

// Notify sends a notification, if somebody wants it.
func (w *World) Notify(d *Device, uuid string, value []byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range d.chars() {
		if c.UUID == uuid && c.notifying && d.connected {
			c.Value = slices.Clone(value)
			w.changed(c.path, "org.bluez.GattCharacteristic1", map[string]dbus.Variant{"Value": dbus.MakeVariant(c.Value)})
			return true
		}
	}
	return false
}

// State is how bluetoothd sees a device.
func (w *World) State(d *Device) (known, connected, paired, trusted bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return d.adapter != nil && d.adapter.devices[d.Address] == d, d.connected, d.paired, d.trusted
}

// Discovering reports whether an adapter does.
func (w *World) Discovering(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.adapters[name] != nil && w.adapters[name].discovering
}

// connect is Device1.Connect; mu is not held.
func (w *World) connect(d *Device) *dbus.Error {
	w.mu.Lock()
	d.dials++
	try, slow := d.dials, d.Slow
	if d.connected {
		w.mu.Unlock()
		return dbus.NewError("org.bluez.Error.AlreadyConnected", []any{"Already Connected"})
	}
	w.mu.Unlock()
	time.Sleep(slow)
	for { // like a controller, until the device is there or somebody cancels
		w.mu.Lock()
		if w.closed || d.dials != try || d.adapter == nil || d.adapter.devices[d.Address] != d {
			w.mu.Unlock()
			return dbus.NewError("org.bluez.Error.Failed", []any{"le-connection-abort-by-local"})
		}
		if w.air[d.Address] == d && !d.Dead {
			break
		}
		w.mu.Unlock()
		time.Sleep(100 * time.Millisecond)
	}
	defer w.mu.Unlock()
	d.connected = true
	w.changed(d.path, "org.bluez.Device1", map[string]dbus.Variant{"Connected": dbus.MakeVariant(true)})
	w.number(d)
	go w.resolve(d, try, d.Late)
	return nil
}

func (w *World) resolve(d *Device, try int, late time.Duration) {
	time.Sleep(late)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !d.connected || d.dials != try {
		return
	}
	d.resolved = true
	if !d.Mute {
		w.changed(d.path, "org.bluez.Device1", map[string]dbus.Variant{"ServicesResolved": dbus.MakeVariant(true)})
	}
}

// number gives paths to what a device has, as BlueZ does: by handles.
func (w *World) number(d *Device) {
	handle := 0x10
	for _, s := range d.Services {
		service := fmt.Sprintf("%s/service%04x", d.path, handle)
		handle++
		for _, c := range s.Chars {
			c.service, c.path = service, fmt.Sprintf("%s/char%04x", service, handle)
			handle += 3
		}
	}
}

func (d *Device) chars() (all []*Char) {
	for _, s := range d.Services {
		all = append(all, s.Chars...)
	}
	return all
}

// pair is Device1.Pair: the agent of who asks is asked.
func (w *World) pair(b *bus, d *Device) *dbus.Error {
	w.mu.Lock()
	agent, daemon, paired := b.agent, w.daemon, d.paired
	w.mu.Unlock()
	if paired {
		return dbus.NewError("org.bluez.Error.AlreadyExists", []any{"Already Exists"})
	}
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	if !agent || b.ask(ctx, daemon, "/osmanthus/agent", "org.bluez.Agent1", "RequestAuthorization", dbus.ObjectPath(d.path)) != nil {
		return dbus.NewError("org.bluez.Error.AuthenticationRejected", []any{"Authentication Rejected"})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	d.paired = true
	w.changed(d.path, "org.bluez.Device1", map[string]dbus.Variant{"Paired": dbus.MakeVariant(true)})
	return nil
}

// PairUnasked is what happens when a device wants to pair by itself: whoever
// registered an agent is asked. It returns what the agent says.
func (w *World) PairUnasked(d *Device) error {
	w.mu.Lock()
	daemon := w.daemon
	var agent *bus
	for _, b := range w.buses {
		if b.agent {
			agent = b
		}
	}
	w.mu.Unlock()
	if agent == nil {
		return fmt.Errorf("fakebluez: no agent")
	}
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	return agent.ask(ctx, daemon, "/osmanthus/agent", "org.bluez.Agent1", "RequestAuthorization", dbus.ObjectPath(d.path))
}

// VanishSilently is Vanish of which no signal tells.
func (w *World) VanishSilently(d *Device) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.air, d.Address)
	d.connected, d.resolved = false, false
}

// SwitchOff switches an adapter off, as somebody at the machine does.
func (w *World) SwitchOff(name string) {
	w.mu.Lock()
	a := w.adapters[name]
	w.mu.Unlock()
	w.setProperty(a, nil, "Powered", false)
}

// Drain changes the level of a battery.
func (w *World) Drain(d *Device, level byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d.Battery = level
	w.changed(d.path, "org.bluez.Battery1", map[string]dbus.Variant{"Percentage": dbus.MakeVariant(level)})
}

// Spoof sends signals about a device that do not come from bluetoothd.
func (w *World) Spoof(d *Device, char string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	const props, changed = "org.freedesktop.DBus.Properties", "PropertiesChanged"
	w.signal(":1.666", d.path, props, changed, "org.bluez.Device1", map[string]dbus.Variant{"RSSI": dbus.MakeVariant(int16(-1))}, []string{})
	for _, c := range d.chars() {
		if c.UUID == char {
			w.signal(":1.666", c.path, props, changed, "org.bluez.GattCharacteristic1", map[string]dbus.Variant{"Value": dbus.MakeVariant([]byte{1})}, []string{})
		}
	}
	w.signal(":1.666", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged", "org.bluez", w.daemon, "")
	w.signal(":1.666", "/", objectManager, "InterfacesRemoved", dbus.ObjectPath(d.path), []string{"org.bluez.Device1"})
}
