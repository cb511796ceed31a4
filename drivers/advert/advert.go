package advert

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// ErrMalformed is what every advertisement comes to that breaks the rules of its
// format. ErrUnknown is what one comes to whose format is not in the table.
var (
	ErrMalformed = errors.New("advert: malformed")
	ErrUnknown   = errors.New("advert: no known format")
)

// Address is a device's address, the most significant byte first; zero is none.
type Address [6]byte

// String returns it as in A4:C1:38:8D:18:B2.
func (a Address) String() string {
	return strings.ToUpper(fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4], a[5]))
}

// ParseAddress reads 12 hexadecimal digits, with or without colons.
func ParseAddress(s string) (a Address, err error) {
	b, err := hex.DecodeString(strings.NewReplacer(":", "", "-", "").Replace(s))
	if err != nil || len(b) != len(a) {
		return a, fmt.Errorf("advert: %q is no address", s)
	}
	return Address(b), nil
}

// reversed is the address as it is sent: the least significant byte first.
func (a Address) reversed() (r Address) {
	for i := range a {
		r[5-i] = a[i]
	}
	return r
}

// Data is a piece of an advertisement: of a service by its 16-bit UUID, or of a
// manufacturer by its company identifier.
type Data struct {
	ID    uint16
	Bytes []byte
}

// Advert is one advertisement, as a radio or a bridge hands it over.
type Advert struct {
	Address      Address
	Name         string
	RSSI         int8 // dBm, 0 where it is not known
	Services     []uint16
	ServiceData  []Data
	Manufacturer []Data
	Cut          bool // the last structure was longer than what came
}

// Service returns the data of a service.
func (a *Advert) Service(uuid uint16) ([]byte, bool) { return find(a.ServiceData, uuid) }

// Company returns the data of a manufacturer.
func (a *Advert) Company(id uint16) ([]byte, bool) { return find(a.Manufacturer, id) }

func find(all []Data, id uint16) ([]byte, bool) {
	for _, d := range all {
		if d.ID == id {
			return d.Bytes, true
		}
	}
	return nil, false
}

// Assigned types of advertising data.
const (
	someUUIDs16  = 0x02
	allUUIDs16   = 0x03
	shortName    = 0x08
	fullName     = 0x09
	serviceData  = 0x16
	manufacturer = 0xFF
)

// Parse reads the structures of advertising data into a. Structures of other
// types are passed over; one that is longer than what is left ends it, and what
// stood before is kept: bridges cut long ones. Nothing before it is malformed.
// The slices of a point into b.
func (a *Advert) Parse(b []byte) error {
	whole := len(b)
	for len(b) > 0 {
		n := int(b[0])
		if n == 0 { // early end: the rest is padding
			return nil
		}
		if a.Cut = n >= len(b); a.Cut && len(b) < whole {
			return nil
		}
		if a.Cut {
			return fmt.Errorf("%w: a structure of %d bytes, %d are there", ErrMalformed, n, len(b)-1)
		}
		a.structure(b[1], b[2:n+1])
		b = b[n+1:]
	}
	return nil
}

func (a *Advert) structure(kind byte, data []byte) {
	switch kind {
	case someUUIDs16, allUUIDs16:
		for ; len(data) >= 2; data = data[2:] {
			a.Services = append(a.Services, binary.LittleEndian.Uint16(data))
		}
	case shortName, fullName:
		a.Name = strings.TrimRight(strings.ToValidUTF8(string(data), ""), "\x00")
	case serviceData:
		if len(data) >= 2 {
			a.ServiceData = append(a.ServiceData, Data{binary.LittleEndian.Uint16(data), data[2:]})
		}
	case manufacturer:
		if len(data) >= 2 {
			a.Manufacturer = append(a.Manufacturer, Data{binary.LittleEndian.Uint16(data), data[2:]})
		}
	}
}

// ParseHCI reads an HCI event of the LE meta kind with one advertising report,
// legacy or extended.
func ParseHCI(b []byte) (a Advert, err error) {
	const event, meta, legacy, extended = 0x04, 0x3E, 0x02, 0x0D
	if len(b) < 5 || b[0] != event || b[1] != meta || int(b[2]) != len(b)-3 || b[4] != 1 {
		return a, fmt.Errorf("%w: no event with one advertising report", ErrMalformed)
	}
	var head, rssi int
	switch b[3] {
	case legacy:
		head = 14
	case extended:
		head = 29
	default:
		return a, fmt.Errorf("%w: LE event %#02x", ErrMalformed, b[3])
	}
	if len(b) < head {
		return a, fmt.Errorf("%w: %d bytes of a report", ErrMalformed, len(b))
	}
	n := int(b[head-1])
	if len(b) < head+n {
		return a, fmt.Errorf("%w: %d bytes announced, %d are there", ErrMalformed, n, len(b)-head)
	}
	address, data := 7, b[head:head+n]
	if b[3] == extended {
		address, rssi = 8, 18
	} else {
		rssi = head + n
	}
	a.Address = Address(b[address : address+6]).reversed()
	if rssi < len(b) {
		a.RSSI = int8(b[rssi])
	}
	return a, a.Parse(data)
}
