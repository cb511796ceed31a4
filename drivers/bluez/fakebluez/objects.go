package fakebluez

import "github.com/godbus/dbus/v5"

type interfaces = map[string]map[string]dbus.Variant

// find returns what is at a path; mu is held.
func (w *World) find(path string) (*adapter, *Device, *Char) {
	for _, a := range w.adapters {
		if a.path() == path {
			return a, nil, nil
		}
		for _, d := range a.devices {
			if d.path == path {
				return nil, d, nil
			}
			for _, c := range d.chars() {
				if c.path == path && d.connected {
					return nil, nil, c
				}
			}
		}
	}
	return nil, nil, nil
}

func (w *World) objects() map[dbus.ObjectPath]interfaces {
	all := map[dbus.ObjectPath]interfaces{}
	for _, a := range w.adapters {
		all[dbus.ObjectPath(a.path())] = a.interfaces()
		for _, d := range a.devices {
			all[dbus.ObjectPath(d.path)] = d.interfaces()
			if !d.resolved {
				continue
			}
			for _, s := range d.Services {
				for _, c := range s.Chars {
					all[dbus.ObjectPath(c.service)] = interfaces{"org.bluez.GattService1": {"UUID": dbus.MakeVariant(s.UUID)}}
					all[dbus.ObjectPath(c.path)] = interfaces{"org.bluez.GattCharacteristic1": c.properties()}
				}
			}
		}
	}
	return all
}

func (w *World) getAll(a *adapter, d *Device, c *Char, iface string) ([]any, *dbus.Error) {
	all := interfaces{}
	switch {
	case a != nil:
		all = a.interfaces()
	case d != nil:
		all = d.interfaces()
	case c != nil:
		all = interfaces{"org.bluez.GattCharacteristic1": c.properties()}
	}
	props, ok := all[iface]
	if !ok {
		return nil, dbus.NewError("org.freedesktop.DBus.Error.InvalidArgs", []any{"No such interface '" + iface + "'"})
	}
	return []any{props}, nil
}

func (a *adapter) interfaces() interfaces {
	return interfaces{"org.bluez.Adapter1": {
		"Powered": dbus.MakeVariant(a.powered), "Discovering": dbus.MakeVariant(a.discovering),
		"Address": dbus.MakeVariant("00:AA:01:00:00:42"),
	}}
}

func (d *Device) interfaces() interfaces {
	kind := map[bool]string{true: "random", false: "public"}[d.Random]
	props := map[string]dbus.Variant{
		"Address": dbus.MakeVariant(d.Address), "AddressType": dbus.MakeVariant(kind),
		"Adapter": dbus.MakeVariant(dbus.ObjectPath(d.adapter.path())), "UUIDs": dbus.MakeVariant(append([]string{}, d.UUIDs...)),
		"Connected": dbus.MakeVariant(d.connected), "ServicesResolved": dbus.MakeVariant(d.resolved),
		"Paired": dbus.MakeVariant(d.paired), "Trusted": dbus.MakeVariant(d.trusted),
	}
	if d.Name != "" {
		props["Name"] = dbus.MakeVariant(d.Name)
	}
	if d.heard {
		props["RSSI"] = dbus.MakeVariant(d.rssi)
	}
	if d.serviceData != nil {
		props["ServiceData"] = dbus.MakeVariant(d.serviceData)
	}
	if d.manufacturerData != nil {
		props["ManufacturerData"] = dbus.MakeVariant(d.manufacturerData)
	}
	all := interfaces{"org.bluez.Device1": props}
	if d.Battery > 0 && d.connected {
		all["org.bluez.Battery1"] = map[string]dbus.Variant{"Percentage": dbus.MakeVariant(d.Battery)}
	}
	return all
}

func (c *Char) properties() map[string]dbus.Variant {
	return map[string]dbus.Variant{
		"UUID": dbus.MakeVariant(c.UUID), "Service": dbus.MakeVariant(dbus.ObjectPath(c.service)),
		"Flags": dbus.MakeVariant(c.Flags),
	}
}
