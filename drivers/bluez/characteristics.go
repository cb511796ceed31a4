package bluez

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"

	"osmanthus/drivers/ble"
)

// found is a characteristic and where BlueZ has it.
type found struct {
	ble.Characteristic
	path    string
	battery bool // one that BlueZ keeps to itself, and shows as a property
}

// flags are BlueZ's words for the properties.
var flags = map[string]ble.Properties{
	"read": ble.CanRead, "write-without-response": ble.CanWriteNoResponse, "write": ble.CanWrite,
	"notify": ble.CanNotify, "indicate": ble.CanIndicate,
}

// The Battery Service and its level (Bluetooth SIG, Assigned Numbers).
const (
	batteryService = 0x180F
	batteryLevel   = 0x2A19
)

// characteristics finds those of a device, in the order of their handles. BlueZ
// keeps the battery service to itself and shows its level as a property: that
// is given as the characteristic that it is, without a handle.
func characteristics(all objects, device string) []found {
	var chars []found
	for path, interfaces := range all {
		props := interfaces[ifaceChar]
		if props == nil || !strings.HasPrefix(string(path), device+"/") {
			continue
		}
		parent, _ := props["Service"].Value().(dbus.ObjectPath)
		c, err1 := uuid(props)
		s, err2 := uuid(all[parent][ifaceService])
		if err1 != nil || err2 != nil {
			continue // what has no name cannot be asked for
		}
		f := found{path: string(path)}
		f.UUID, f.Service, f.Handle = c, s, valueHandle(string(path))
		words, _ := props["Flags"].Value().([]string)
		for _, w := range words {
			f.Properties |= flags[w]
		}
		chars = append(chars, f)
	}
	level := ble.UUID16(batteryLevel)
	shown := slices.ContainsFunc(chars, func(f found) bool { return f.UUID == level })
	if battery := all[dbus.ObjectPath(device)][ifaceBattery]; battery != nil && !shown {
		f := found{path: device, battery: true}
		f.UUID, f.Service, f.Properties = level, ble.UUID16(batteryService), ble.CanRead|ble.CanNotify
		chars = append(chars, f)
	}
	slices.SortFunc(chars, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.Handle, b.Handle), strings.Compare(a.path, b.path))
	})
	return chars
}

func uuid(props map[string]dbus.Variant) (ble.UUID, error) {
	s, _ := props["UUID"].Value().(string)
	return ble.ParseUUID(s)
}

// valueHandle reads the handle from the path, whose last part is as in
// "char0014": the handle of the declaration, behind which the value stands.
func valueHandle(path string) uint16 {
	i := strings.LastIndex(path, "/char")
	if i < 0 {
		return 0
	}
	n, err := strconv.ParseUint(path[i+len("/char"):], 16, 16)
	if err != nil || n == 0xFFFF {
		return 0
	}
	return uint16(n) + 1
}
