package fakebluez

import (
	"slices"

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
