package sim

import (
	"math"
	"sync"

	"osmanthus/drivers/remote/proto"
)

// Tag is a modelled BTHome device (bthome.io/format, version 2, not encrypted):
// a button, a contact, a thermometer. What it says goes over the air as the
// device would send it, byte for byte.
type Tag struct {
	address [6]byte
	name    string

	mu     sync.Mutex
	ears   []ear
	packet byte
}

type ear struct {
	radio *Radio
	rssi  int8
}

// NewTag makes a device of an address and a name, which may be "".
func NewTag(address [6]byte, name string) *Tag { return &Tag{address: address, name: name} }

// HeardBy says which radio hears it, and with what strength in dBm; 0 is not any
// more.
func (t *Tag) HeardBy(r *Radio, rssi int8) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.ears {
		if t.ears[i].radio == r {
			t.ears[i].rssi = rssi
			return
		}
	}
	t.ears = append(t.ears, ear{r, rssi})
}

// Objects of BTHome, as bytes.
const (
	objPacket      = 0x00
	objBattery     = 0x01 // 1 %
	objTemperature = 0x02 // 0.01 °C, signed
	objHumidity    = 0x03 // 0.01 %
	objDoor        = 0x1A
	objOccupancy   = 0x23
	objButton      = 0x3A
)

// copies is how often a device sends one packet.
const copies = 6

// Press presses the button once.
func (t *Tag) Press() { t.say(objButton, 1) }

// Door says that a door is open, or closed.
func (t *Tag) Door(open bool) { t.say(objDoor, bit(open)) }

// Occupied says that somebody is there, or nobody: a mat.
func (t *Tag) Occupied(is bool) { t.say(objOccupancy, bit(is)) }

// Temperature says a temperature in °C.
func (t *Tag) Temperature(celsius float64) {
	v := int16(math.Round(celsius * 100))
	t.say(objTemperature, byte(v), byte(v>>8))
}

// Air says temperature in °C and relative humidity in %.
func (t *Tag) Air(celsius, humidity float64) {
	v, h := int16(math.Round(celsius*100)), uint16(math.Round(humidity*100))
	t.say(objTemperature, byte(v), byte(v>>8), objHumidity, byte(h), byte(h>>8))
}

// Battery says what is left of the battery, in %. It is also a beacon: nothing
// but that the device is there.
func (t *Tag) Battery(percent byte) { t.say(objBattery, percent) }

func bit(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// say sends one packet with its number, as often as devices do.
func (t *Tag) say(objects ...byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.packet++
	const info = 0x44 // version 2, sends by events
	service := append([]byte{0x16, 0xD2, 0xFC, info, objPacket, t.packet}, objects...)
	structures := append([]byte{0x02, 0x01, 0x06, byte(len(service))}, service...)
	if room := 31 - len(structures) - 2; t.name != "" && room > 0 {
		name := t.name[:min(len(t.name), room)]
		structures = append(append(structures, byte(len(name)+1), 0x09), name...)
	}
	for range copies {
		for _, e := range t.ears {
			if e.rssi != 0 {
				e.radio.hear(proto.Heard{Address: t.address, RSSI: e.rssi, Structures: structures})
			}
		}
	}
}
