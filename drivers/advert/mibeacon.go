package advert

import (
	"encoding/binary"

	"osmanthus/drivers/ccm"
)

// MiBeacon: bits of the frame control.
const (
	miHasSeal    = 1 << 3
	miAddress    = 1 << 4
	miCapability = 1 << 5
	miHasObject  = 1 << 6
	miMesh       = 1 << 7

	miHead      = 5 // frame control, product, counter
	miTail      = 7 // the rest of the counter and the tag, behind what is sealed
	miKey       = 16
	miKeyLegacy = 12
)

// decodeMiBeacon reads: frame control, product, counter, address and capability
// where they are announced, then objects, plain or sealed.
func decodeMiBeacon(a *Advert, b, key []byte) (Report, error) {
	if len(b) < miHead {
		return Report{}, malformed("%d bytes", len(b))
	}
	control, product := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:])
	version := control >> 12
	if version < 2 || control&miMesh != 0 {
		return Report{}, malformed("version %d, control %04x", version, control)
	}
	r := Report{Packet: uint32(b[4]), Bits: 8, Maker: "Xiaomi", Model: "unknown"}
	if d, ok := miDevices[product]; ok {
		r.Model = d.model
		if d.maker != "" {
			r.Maker = d.maker
		}
	}
	body, from := b[miHead:], a.Address
	if control&miAddress != 0 {
		if len(body) < 6 {
			return Report{}, malformed("no room for the address")
		}
		from, body = Address(body[:6]).reversed(), body[6:]
	}
	if control&miCapability != 0 {
		n := 1
		if len(body) > 0 && body[0]&0x20 != 0 {
			n = 2
		}
		if len(body) < n {
			return Report{}, malformed("no room for the capability")
		}
		body = body[n:]
	}
	if control&miHasObject == 0 {
		return r, nil
	}
	d := device{product: product, report: &r}
	if control&miHasSeal == 0 {
		if key != nil {
			return Report{}, malformed("a device with a key sends without encryption: refused")
		}
		_, err := d.objects(body)
		return r, err
	}
	r.Encrypted = true
	if key == nil {
		return r, nil
	}
	if version >= 4 {
		return r, d.sealed(b, body, from, key)
	}
	return r, d.legacy(b, body, from, key)
}

// device is whose objects are read.
type device struct {
	product uint16
	report  *Report
}

// sealed opens versions 4 and 5: text, three more bytes of the counter, tag.
func (d device) sealed(b, body []byte, from Address, key []byte) error {
	n := len(body) - miTail
	if n < 0 || len(key) != miKey {
		return malformed("%d sealed bytes under a key of %d", len(body), len(key))
	}
	more, tag := body[n:n+3], body[n+3:]
	rev := from.reversed()
	nonce := append(append(append(make([]byte, 0, 12), rev[:]...), b[2:5]...), more...)
	k, err := ccm.New(key)
	if err != nil {
		return err
	}
	plain, err := k.Open(nonce, body[:n], tag, []byte{0x11})
	if err != nil {
		return nil // the key does not fit: no values
	}
	d.report.Verified = true
	d.report.Packet = uint32(b[4]) | uint32(more[0])<<8 | uint32(more[1])<<16 | uint32(more[2])<<24
	d.report.Bits = 32
	_, err = d.objects(plain)
	return err
}

// legacy opens versions 2 and 3, whose tag is cut: a key fits if something known
// comes out.
func (d device) legacy(b, body []byte, from Address, key []byte) error {
	if len(body) < 4 || len(key) != miKeyLegacy {
		return malformed("%d sealed bytes under a key of %d", len(body), len(key))
	}
	full := append(append(append(make([]byte, 0, miKey), key[:6]...), 0x8D, 0x3D, 0x3C, 0x97), key[6:]...)
	k, err := ccm.New(full)
	if err != nil {
		return err
	}
	rev := from.reversed()
	nonce := append(append(append(make([]byte, 0, 13), b[:5]...), b[len(b)-4:len(b)-1]...), rev[:5]...)
	plain, err := k.Unchecked(nonce, body[:len(body)-4])
	if err != nil {
		return err
	}
	known, err := d.objects(plain)
	if err != nil || !known {
		d.report.Values = nil
		return nil
	}
	d.report.Verified = true
	return nil
}

// objects reads objects, and reports whether one was known. Some thermometers
// leave a byte behind the last one.
func (d device) objects(b []byte) (known bool, err error) {
	for len(b) > 0 {
		if known && len(b) < 3 {
			return true, nil
		}
		if len(b) < 3 || len(b) < 3+int(b[2]) {
			return known, malformed("an object that is cut")
		}
		id, raw := binary.LittleEndian.Uint16(b), b[3:3+int(b[2])]
		b = b[3+len(raw):]
		o, ok := miObjects[id]
		if !ok {
			continue
		}
		known = true
		switch {
		case o.special != nil:
			o.special(d, raw)
		default:
			d.parts(o.parts, raw)
		}
	}
	return known, nil
}

// add appends a value.
func (d device) add(v Value) { d.report.Values = append(d.report.Values, v) }

func (d device) state(name string, on bool) {
	v := Value{Name: name, Kind: State, Unit: "1"}
	if on {
		v.Number = 1
	}
	d.add(v)
}

func (d device) event(name, what string) { d.add(Value{Name: name, Kind: Event, Text: what}) }

func (d device) text(name, what string) { d.add(Value{Name: name, Kind: Text, Text: what}) }
