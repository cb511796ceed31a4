package ether

import (
	"encoding/binary"
	"sync"
	"time"
)

// Types of AD structures (Bluetooth SIG, Assigned Numbers).
const (
	adFlags, adServices, adName, adServiceData = 0x01, 0x03, 0x09, 0x16

	lowEnergyOnly = 0x06 // and discoverable
)

// structure is one AD structure.
func structure(kind byte, b ...byte) []byte { return append([]byte{byte(len(b) + 1), kind}, b...) }

// advert says a name and a service.
func advert(name string, service uint16) func(time.Time) []byte {
	b := structure(adFlags, lowEnergyOnly)
	b = append(b, structure(adServices, byte(service), byte(service>>8))...)
	b = append(b, structure(adName, []byte(name)...)...)
	return func(time.Time) []byte { return b }
}

func constant(b ...byte) func(time.Time) []byte { return func(time.Time) []byte { return b } }

// access is the service that every device has, with its name (GAP).
func access(name string) Service {
	return Service{UUID: 0x1800, Characteristics: []Characteristic{{UUID: 0x2A00, Properties: CanRead, Read: constant([]byte(name)...)}}}
}

// battery is the Battery service.
func battery(percent byte) Service {
	return Service{UUID: 0x180F, Characteristics: []Characteristic{{UUID: 0x2A19, Properties: CanRead, Read: constant(percent)}}}
}

// NewBand is a wrist band with the Heart Rate service, which says what heart
// says once a second.
func NewBand(address Address, heart func(at time.Time) uint8) *Device {
	return &Device{
		Address: address, Interval: 500 * time.Millisecond, Advert: advert("Band", 0x180D),
		Services: []Service{access("Band"), battery(87), {UUID: 0x180D, Characteristics: []Characteristic{
			{UUID: 0x2A37, Properties: CanNotify, Every: time.Second, Say: func(at time.Time) []byte {
				return []byte{0x06, heart(at)} // contact with the skin is supported, and there
			}},
			{UUID: 0x2A38, Properties: CanRead, Read: constant(2)}, // wrist
		}}},
	}
}

// NewPatch is a patch with the Health Thermometer service, which indicates what
// celsius says every ten seconds.
func NewPatch(address Address, celsius func(at time.Time) float64) *Device {
	return thermometer(address, "Patch", 1, Characteristic{First: 10 * time.Second, Every: 10 * time.Second, Say: temperature(celsius)})
}

// NewThermometer is an ear thermometer with the same service, which indicates
// what it has measured to whoever subscribes, at once and once only.
func NewThermometer(address Address, celsius func(at time.Time) float64) *Device {
	return thermometer(address, "Ear", 3, Characteristic{First: 500 * time.Millisecond, Every: 24 * time.Hour, Say: temperature(celsius)})
}

// thermometer is one at a place of the body (Temperature Type).
func thermometer(address Address, name string, place byte, measurement Characteristic) *Device {
	measurement.UUID, measurement.Properties = 0x2A1C, CanIndicate
	return &Device{
		Address: address, Interval: time.Second, Advert: advert(name, 0x1809),
		Services: []Service{access(name), battery(64), {UUID: 0x1809, Characteristics: []Characteristic{
			measurement,
			{UUID: 0x2A1D, Properties: CanRead, Read: constant(place)},
		}}},
	}
}

// temperature is a Temperature Measurement in °C, with one decimal.
func temperature(celsius func(at time.Time) float64) func(at time.Time) []byte {
	return func(at time.Time) []byte {
		tenths := uint32(int32(celsius(at)*10+0.5)) & 0xFFFFFF
		return binary.LittleEndian.AppendUint32([]byte{0}, tenths|0xFF<<24) // the exponent is -1
	}
}

// NewTag is a tag that says its temperature in hundredths of a degree, and how
// often it has spoken, in BTHome's format (version 2, not encrypted).
func NewTag(address Address, hundredths func(at time.Time) int16) *Device {
	var packet byte
	return &Device{
		Address: address, Interval: time.Second, Advert: func(at time.Time) []byte {
			packet++
			h := hundredths(at)
			b := structure(adFlags, lowEnergyOnly)
			return append(b, structure(adServiceData, 0xD2, 0xFC, 0x40, 0x00, packet, 0x02, byte(h), byte(h>>8))...)
		},
	}
}

// NewButton is a call button in BTHome's format that sleeps until it is pressed,
// and then says so five times in half a second, once each 100 ms.
func NewButton(address Address) (button *Device, press func()) {
	var mu sync.Mutex
	var packet byte
	left := 0
	button = &Device{
		Address: address, Interval: 100 * time.Millisecond, Advert: func(time.Time) []byte {
			mu.Lock()
			defer mu.Unlock()
			if left == 0 {
				return nil
			}
			left--
			b := structure(adFlags, lowEnergyOnly)
			return append(b, structure(adServiceData, 0xD2, 0xFC, 0x44, 0x00, packet, 0x3A, 0x01)...)
		},
	}
	return button, func() {
		mu.Lock()
		defer mu.Unlock()
		packet++
		left = 5
	}
}
