package bluez

import (
	"bytes"
	"strings"

	"github.com/godbus/dbus/v5"

	"osmanthus/drivers/advert"
)

// device is what BlueZ has told of one device so far: signals name only what
// changed.
type device struct {
	address  advert.Address
	name     string
	services []uint16
	rssi     int8
	random   bool
	// connected as BlueZ says: by us, or by a program before us that ended without
	// a word, or by BlueZ itself, which looks after bonds.
	connected bool
}

// maxDevices bounds what is remembered. BlueZ forgets a device 30 s after it was
// last heard and tells so; this is for the day on which it does not.
const maxDevices = 4096

// maxServices is how many services of a device are kept.
const maxServices = 32

// devices remembers what BlueZ knows.
type devices struct {
	known map[advert.Address]*device
	spare device // for one that is not remembered any more: nothing is lost but its name
}

// get returns the device of that address, new where it is not known.
func (ds *devices) get(a advert.Address) *device {
	if d := ds.known[a]; d != nil {
		return d
	}
	if len(ds.known) >= maxDevices {
		ds.spare = device{address: a, services: ds.spare.services[:0]}
		return &ds.spare
	}
	if ds.known == nil {
		ds.known = map[advert.Address]*device{}
	}
	d := &device{address: a}
	ds.known[a] = d
	return d
}

func (ds *devices) forget(a advert.Address) { delete(ds.known, a) }

// learn takes over what a signal names.
func (d *device) learn(p *properties) {
	if p.name != nil && d.name != string(p.name) {
		d.name = string(bytes.ToValidUTF8(p.name, nil))
	}
	if p.hasServices {
		d.services = append(d.services[:0], p.services[:min(len(p.services), maxServices)]...)
	}
	if p.random != unsaid {
		d.random = p.random == yes
	}
	if p.hasRSSI {
		d.rssi = p.rssi
	}
	if p.connected != unsaid {
		d.connected = p.connected == yes
	}
}

// load takes over what BlueZ knows already. It tells of no advertisement: what is
// in its cache may be of yesterday.
func (d *device) load(props map[string]dbus.Variant) {
	name, _ := props["Name"].Value().(string)
	kind, _ := props["AddressType"].Value().(string)
	uuids, _ := props["UUIDs"].Value().([]string)
	d.name, d.random, d.connected = strings.ToValidUTF8(name, ""), kind == "random", truth(props, "Connected")
	d.services = d.services[:0]
	for _, u := range uuids[:min(len(uuids), maxServices)] {
		if id, ok := shortUUID([]byte(u)); ok {
			d.services = append(d.services, id)
		}
	}
}
