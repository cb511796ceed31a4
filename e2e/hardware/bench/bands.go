package bench

import (
	"encoding/binary"
	"testing"
	"time"
)

// The services and characteristics of the Bluetooth SIG (Assigned Numbers).
const (
	heartRateService       = "0000180d-0000-1000-8000-00805f9b34fb"
	heartRateMeasurement   = "00002a37-0000-1000-8000-00805f9b34fb"
	bodySensorLocation     = "00002a38-0000-1000-8000-00805f9b34fb"
	thermometerService     = "00001809-0000-1000-8000-00805f9b34fb"
	temperatureMeasurement = "00002a1c-0000-1000-8000-00805f9b34fb"
	temperatureType        = "00002a1d-0000-1000-8000-00805f9b34fb"
)

// NewBand is a wrist band with the Heart Rate service, which says what heart
// says once a second.
func NewBand(t testing.TB, air *BlueZ, controller int, heart func(at time.Time) uint8) *Device {
	return NewDevice(t, air, controller, "Band", heartRateService,
		Value{UUID: heartRateMeasurement, Flags: []string{"notify"}, Every: time.Second, Say: func(at time.Time) []byte {
			return []byte{0x06, heart(at)} // contact is supported, and there
		}},
		Value{UUID: bodySensorLocation, Flags: []string{"read"}, Say: func(time.Time) []byte { return []byte{2} }}, // wrist
	)
}

// NewThermometer is a patch with the Health Thermometer service, which indicates
// what celsius says every ten seconds.
func NewThermometer(t testing.TB, air *BlueZ, controller int, celsius func(at time.Time) float64) *Device {
	return NewDevice(t, air, controller, "Patch", thermometerService,
		Value{UUID: temperatureMeasurement, Flags: []string{"indicate"}, Every: 10 * time.Second, Say: func(at time.Time) []byte {
			tenths := uint32(int32(celsius(at)*10+0.5)) & 0xFFFFFF
			return binary.LittleEndian.AppendUint32([]byte{0}, tenths|0xFF<<24) // °C, exponent -1
		}},
		Value{UUID: temperatureType, Flags: []string{"read"}, Say: func(time.Time) []byte { return []byte{1} }}, // armpit
	)
}

// NewShyBand is a band that says where it is worn to nobody but whom it is
// bonded with.
func NewShyBand(t testing.TB, air *BlueZ, controller int) *Device {
	return NewDevice(t, air, controller, "Shy", heartRateService,
		Value{UUID: bodySensorLocation, Flags: []string{"read", "encrypt-read"}, Say: func(time.Time) []byte { return []byte{2} }},
	)
}
