package bluez

import (
	"encoding/hex"

	"osmanthus/drivers/advert"
)

// Interfaces of BlueZ's objects (BlueZ's own documentation, doc/*-api.txt).
const (
	ifaceAdapter = "org.bluez.Adapter1"
	ifaceDevice  = "org.bluez.Device1"
	ifaceService = "org.bluez.GattService1"
	ifaceChar    = "org.bluez.GattCharacteristic1"
	ifaceBattery = "org.bluez.Battery1"
	ifaceObjects = "org.freedesktop.DBus.ObjectManager"
	ifaceProps   = "org.freedesktop.DBus.Properties"
	ifaceBus     = "org.freedesktop.DBus"
)

// tri is a property that may not be there.
type tri uint8

const (
	unsaid tri = iota
	no
	yes
)

func said(v bool) tri {
	if v {
		return yes
	}
	return no
}

// properties are those of a Device1 that one signal names, as far as they
// matter. It is used again and again; its slices point into the signal.
type properties struct {
	name         []byte // nil where it is not named
	services     []uint16
	random       tri
	hasServices  bool
	rssi         int8
	hasRSSI      bool
	serviceData  []advert.Data
	manufacturer []advert.Data
	hasData      bool

	connected, resolved, paired tri
}

func (p *properties) reset() {
	*p = properties{services: p.services[:0], serviceData: p.serviceData[:0], manufacturer: p.manufacturer[:0]}
}

// heard reports whether the signal tells of an advertisement: BlueZ names one of
// these for each, and for nothing else.
func (p *properties) heard() bool { return p.hasRSSI || p.hasData }

// read reads a dictionary of properties, a{sv}. Those that are not known, or not
// of the type that they should have, are passed over.
func (p *properties) read(c *cursor) {
	p.reset()
	for end := c.array(8); c.at < end && !c.bad; {
		c.align(8)
		key := c.str()
		sig := c.signature()
		p.property(c, key, sig)
	}
}

func (p *properties) property(c *cursor, key, sig []byte) {
	switch string(key) {
	case "RSSI":
		if string(sig) == "n" {
			p.rssi, p.hasRSSI = power(int16(c.u16())), true
			return
		}
	case "ServiceData":
		if string(sig) == "a{sv}" {
			p.hasData = true
			p.serviceData = readData(c, p.serviceData, true)
			return
		}
	case "ManufacturerData":
		if string(sig) == "a{qv}" {
			p.hasData = true
			p.manufacturer = readData(c, p.manufacturer, false)
			return
		}
	case "Name":
		if string(sig) == "s" {
			p.name = c.str()
			return
		}
	case "UUIDs":
		if string(sig) == "as" {
			p.hasServices = true
			for end := c.array(4); c.at < end && !c.bad; {
				if id, ok := shortUUID(c.str()); ok {
					p.services = append(p.services, id)
				}
			}
			return
		}
	case "AddressType":
		if string(sig) == "s" {
			p.random = said(string(c.str()) == "random")
			return
		}
	case "Connected":
		if string(sig) == "b" {
			p.connected = said(c.u32() != 0)
			return
		}
	case "ServicesResolved":
		if string(sig) == "b" {
			p.resolved = said(c.u32() != 0)
			return
		}
	case "Paired":
		if string(sig) == "b" {
			p.paired = said(c.u32() != 0)
			return
		}
	}
	c.skip(sig, 0)
}

// readData reads a dictionary whose values are bytes, by UUIDs or by numbers. What
// has no 16-bit identifier is passed over: no format that we know has another.
func readData(c *cursor, into []advert.Data, byUUID bool) []advert.Data {
	for end := c.array(8); c.at < end && !c.bad; {
		c.align(8)
		var id uint16
		ok := true
		if byUUID {
			id, ok = shortUUID(c.str())
		} else {
			id = c.u16()
		}
		sig := c.signature()
		if string(sig) != "ay" {
			c.skip(sig, 0)
			continue
		}
		if b := c.bytes(); ok && !c.bad {
			into = append(into, advert.Data{ID: id, Bytes: b})
		}
	}
	return into
}

// power is an RSSI in dBm as an advertisement has it, 0 for one that is not
// known: 127 says that (Bluetooth Core, volume 4, part E, LE Advertising Report).
func power(dBm int16) int8 {
	if dBm < -127 || dBm > 20 {
		return 0
	}
	return int8(dBm)
}

// shortUUID reads a UUID as BlueZ writes it, and returns its 16-bit number.
func shortUUID(s []byte) (uint16, bool) {
	const tail = "-0000-1000-8000-00805f9b34fb"
	if len(s) != 8+len(tail) || string(s[:4]) != "0000" || string(s[8:]) != tail {
		return 0, false
	}
	var b [2]byte
	if _, err := hex.Decode(b[:], s[4:8]); err != nil {
		return 0, false
	}
	return uint16(b[0])<<8 | uint16(b[1]), true
}

// addressOf reads the address from the path of a device or of what belongs to
// it, as in /org/bluez/hci0/dev_A4_C1_38_8D_18_B2/service0010; adapter is the
// path up to hci0. rest is what follows the device.
func addressOf(path []byte, adapter string) (a advert.Address, rest []byte, ok bool) {
	const dev, digits = "/dev_", 17
	n := len(adapter)
	if len(path) < n+len(dev)+digits || string(path[:n]) != adapter || string(path[n:n+len(dev)]) != dev {
		return a, nil, false
	}
	path = path[n+len(dev):]
	for i := range a {
		if _, err := hex.Decode(a[i:i+1], path[3*i:3*i+2]); err != nil || i < 5 && path[3*i+2] != '_' {
			return advert.Address{}, nil, false
		}
	}
	return a, path[digits:], len(path) == digits || path[digits] == '/'
}
