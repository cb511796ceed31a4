package advert

import (
	"encoding/binary"
	"math"
)

// part is one field of an object of MiBeacon: value = raw / div.
type part struct {
	name   string
	size   int // bytes, 4 where float is set
	signed bool
	float  bool // IEEE 754, little-endian
	div    float64
	unit   string
	kind   ValueKind
	on     []byte // the values for which a state is on; none: every one but 0
	metric string // see Value.Metric
}

// miObject is one kind of object: fields one after another, or what a function
// makes of it.
type miObject struct {
	parts   []part
	special func(d device, raw []byte)
}

// parts reads fields; those for which there are no bytes are left out.
func (d device) parts(parts []part, raw []byte) {
	for _, p := range parts {
		if len(raw) < p.size {
			return
		}
		field := raw[:p.size]
		raw = raw[p.size:]
		switch {
		case p.kind == State && p.on != nil:
			on := false
			for _, v := range p.on {
				on = on || field[0] == v
			}
			d.state(p.name, on)
		case p.kind == State:
			d.state(p.name, integer(field, false) != 0)
		case p.float:
			v := float64(math.Float32frombits(binary.LittleEndian.Uint32(field)))
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				d.add(Value{Name: p.name, Number: math.Round(v*100) / 100, Unit: p.unit})
			}
		default:
			d.add(Value{Name: p.name, Number: integer(field, p.signed) / p.div, Unit: p.unit, Metric: p.metric})
		}
	}
}

func number(name string, size int, div float64, unit string) part {
	return part{name: name, size: size, div: div, unit: unit}
}

func whole(name string, size int, div float64, unit string) part {
	return part{name: name, size: size, div: div, unit: unit, signed: true}
}

func float(name, unit string) part { return part{name: name, size: 4, float: true, unit: unit} }

func flag(name string, on ...byte) part { return part{name: name, size: 1, kind: State, on: on} }

func parts(p ...part) miObject { return miObject{parts: p} }

func special(f func(d device, raw []byte)) miObject { return miObject{special: f} }

// miObjects is the table of objects by their id.
var miObjects = map[uint16]miObject{
	0x0003: parts(flag("motion")),
	0x0006: special(miFingerprint),
	0x0007: special(miDoor),
	0x0008: parts(flag("armed_away")),
	0x000A: parts(part{name: "temperature", size: 2, signed: true, div: 100, unit: "Cel", metric: "body_temperature"}, number("battery", 1, 1, "%")),
	0x000B: special(miLock),
	0x000F: special(miMotionLight),
	0x0010: special(miToothbrush),
	0x1001: special(miButton),
	0x1004: parts(whole("temperature", 2, 10, "Cel")),
	0x1005: parts(flag("switch"), number("temperature", 1, 1, "Cel")),
	0x1006: parts(number("humidity", 2, 10, "%")),
	0x1007: parts(number("illuminance", 3, 1, "lx")),
	0x1008: parts(number("moisture", 1, 1, "%")),
	0x1009: parts(number("conductivity", 2, 1, "uS/cm")),
	0x100A: parts(number("battery", 1, 1, "%")),
	0x100D: parts(whole("temperature", 2, 10, "Cel"), number("humidity", 2, 10, "%")),
	0x100E: parts(flag("lock", 0)), // 1 is locked; on is open, as everywhere
	0x100F: parts(flag("door", 0)),
	0x1010: parts(number("formaldehyde", 2, 100, "mg/m3")),
	0x1012: parts(flag("switch")),
	0x1013: parts(number("consumable", 1, 1, "%")),
	0x1014: parts(flag("moisture")),
	0x1015: parts(flag("smoke", 1), flag("problem", 2)),
	0x1016: parts(flag("gas")),
	0x1017: special(miIdle),
	0x1018: parts(flag("light")),
	0x1019: special(miOpening),
	0x101B: special(miIdle),
	0x2000: special(miPatch),
	0x4801: parts(float("temperature", "Cel")),
	0x4802: parts(number("humidity", 1, 1, "%")),
	0x4803: parts(number("battery", 1, 1, "%")),
	0x4804: parts(flag("opening", 1)),
	0x4805: parts(float("illuminance", "lx")),
	0x4806: parts(flag("moisture")),
	0x4808: parts(float("humidity", "%")),
	0x4810: parts(flag("asleep", 1)),
	0x4811: parts(flag("snoring", 1)),
	0x4818: special(miIdle),
	0x483C: parts(flag("occupancy")),
	0x483D: parts(number("pressure_present_duration", 4, 1, "s")),
	0x483E: parts(number("pressure_not_present_duration", 4, 1, "s")),
	0x484E: parts(flag("occupancy")),
	0x4851: parts(number("duration_detected", 1, 1, "min")),
	0x4852: parts(number("duration_cleared", 1, 1, "min")),
	0x4A01: parts(flag("battery_low")),
	0x4A08: special(func(d device, raw []byte) {
		d.state("motion", true)
		d.parts([]part{float("illuminance", "lx")}, raw)
	}),
	0x4A0C: click("press"),
	0x4A0D: click("double_press"),
	0x4A0E: click("long_press"),
	0x4A0F: special(func(d device, _ []byte) { d.state("device_forcibly_removed", true) }),
	0x4A12: special(func(d device, raw []byte) {
		if len(raw) == 0 {
			return
		}
		d.state("opening", raw[0] == 1)
		if raw[0] == 2 { // closed: what was wrong is over
			d.state("door_left_open", false)
			d.state("device_forcibly_removed", false)
		}
	}),
	0x4A13: click("press"),
	0x4A1A: special(func(d device, _ []byte) {
		d.state("opening", true)
		d.state("door_left_open", true)
	}),
	0x4C01: parts(float("temperature", "Cel")),
	0x4C02: parts(number("humidity", 1, 1, "%")),
	0x4C03: parts(number("battery", 1, 1, "%")),
	0x4C08: parts(float("humidity", "%")),
	0x4E01: parts(flag("battery_low")),
	0x4E0C: click("press"),
	0x4E0D: click("double_press"),
	0x4E0E: click("long_press"),
	0x4E16: special(miBedOrScale),
	0x4E1C: special(func(device, []byte) {}), // reset
	0x5003: parts(number("battery", 1, 1, "%")),
	0x5601: parts(flag("battery_low")),
	0x560C: click("press"),
	0x560D: click("double_press"),
	0x560E: click("long_press"),
	0x5810: special(func(d device, raw []byte) {
		if len(raw) > 0 && raw[0] == 1 { // the other values are not known
			d.state("asleep", false)
		}
	}),
	0x5403: parts(number("battery", 1, 1, "%")),
	0x5A16: special(miBed),
	0x6E16: special(miScaleS400),
}
