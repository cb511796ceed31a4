package advert

import "fmt"

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
	{Name: "mibeacon", Title: "MiBeacon, plain, legacy and encrypted", Service: 0xFE95, decode: decodeMiBeacon},
}

// Formats returns the table. The caller must not change it.
func Formats() []Format { return formats }

// Decode reads an advertisement by the first format that fits. The key is that
// of the device, nil where there is none: a device with a key must encrypt, and
// what it sends without is refused.
func Decode(a *Advert, key []byte) (Report, error) {
	for i := range formats {
		f := &formats[i]
		data, ok := a.Service(f.Service)
		if f.Service == 0 {
			data, ok = a.Company(f.Company)
		}
		if !ok {
			continue
		}
		r, err := f.decode(a, data, key)
		if err != nil {
			return Report{}, fmt.Errorf("%s: %w", f.Name, err)
		}
		r.Format = f.Name
		r.number()
		return r, nil
	}
	return Report{}, ErrUnknown
}
