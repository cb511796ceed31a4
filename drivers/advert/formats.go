package advert

import (
	"errors"
	"fmt"
)

// Format is a row of the table of formats.
type Format struct {
	Name    string // as in Report.Format
	Title   string
	Service uint16 // the service data that is of this format, 0 for none
	Company uint16 // the manufacturer's data that is
	decode  func(a *Advert, data []byte, key []byte) (Report, error)
}

// formats is the one table.
var formats = []Format{
	{Name: "bthome-v2", Title: "BTHome, version 2", Service: 0xFCD2, decode: decodeBTHome2},
	{Name: "bthome-v1", Title: "BTHome, version 1", Service: 0x181C, decode: decodeBTHome1},
	{Name: "bthome-v1", Title: "BTHome, version 1, encrypted", Service: 0x181E, decode: decodeBTHome1Sealed},
	{Name: "mi-scale-1", Title: "Mi scale, first version", Service: 0x181D, decode: decodeMiScale1},
	{Name: "mi-scale-2", Title: "Mi scale with body composition", Service: 0x181B, decode: decodeMiScale2},
	{Name: "huami", Title: "bands and scales of Huami", Service: 0xFEE0, decode: decodeHuami},
	{Name: "atc", Title: "thermometers with the firmware of atc1441 or pvvx", Service: 0x181A, decode: decodeATC},
	{Name: "ruuvi", Title: "RuuviTag", Company: 0x0499, decode: decodeRuuvi},
	{Name: "eddystone", Title: "Eddystone, and RuuviTag by its address", Service: 0xFEAA, decode: decodeEddystone},
	{Name: "mibeacon", Title: "MiBeacon, plain, legacy and encrypted", Service: 0xFE95, decode: decodeMiBeacon},
}

// beacon is the most common location beacon.
var beacon = Format{Name: "ibeacon", Title: "iBeacon", Company: apple, decode: decodeIBeacon}

// Formats returns the table. The caller must not change it.
func Formats() []Format { return formats }

// Decode reads an advertisement by the first format that fits. The key is that
// of the device, nil where there is none: a device with a key must encrypt, and
// what it sends without is refused.
//
// A device that says where it is says what it measures beside it: location
// beacons come last.
func Decode(a *Advert, key []byte) (Report, error) {
	for i := range formats {
		if r, err := formats[i].try(a, key); !errors.Is(err, ErrUnknown) {
			return r, err
		}
	}
	if r, err := decodeFamily(a); !errors.Is(err, ErrUnknown) {
		return r, err
	}
	if r, err := beacon.try(a, key); !errors.Is(err, ErrUnknown) {
		return r, err
	}
	for _, m := range a.Manufacturer { // which any company may send
		if r, err := decodeAltBeacon(a, m.Bytes, key); err == nil {
			r.Format = "altbeacon"
			return r, nil
		}
	}
	return Report{}, ErrUnknown
}

// try reads an advertisement that is of the format, and returns ErrUnknown for
// another.
func (f *Format) try(a *Advert, key []byte) (Report, error) {
	data, ok := a.Service(f.Service)
	if f.Service == 0 {
		data, ok = a.Company(f.Company)
	}
	if !ok {
		return Report{}, ErrUnknown
	}
	r, err := f.decode(a, data, key)
	if err != nil {
		return Report{}, fmt.Errorf("%s: %w", f.Name, err)
	}
	r.Format = f.Name
	r.number()
	return r, nil
}
