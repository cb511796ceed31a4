package advert

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"osmanthus/drivers/ccm"
)

// BTHome: the device information byte of version 2.
const (
	bthomeSealed  = 1 << 0
	bthomeAddress = 1 << 1
	bthomeTail    = 8 // counter and tag behind what is sealed
)

// bthome begins a report, with the device as its name tells it.
func bthome(a *Advert) Report {
	r := Report{Model: "BTHome sensor"}
	for _, n := range bthomeNames {
		if strings.HasPrefix(a.Name, n.begins) {
			r.Maker, r.Model = n.maker, n.model
			break
		}
	}
	return r
}

// decodeBTHome2 reads: information, address if it says so, then objects, or what
// is sealed, counter and tag.
func decodeBTHome2(a *Advert, b, key []byte) (Report, error) {
	if len(b) < 1 {
		return Report{}, malformed("empty")
	}
	info, from := b[0], a.Address
	if v := info >> 5; v != 2 {
		return Report{}, malformed("version %d", v)
	}
	body := b[1:]
	if info&bthomeAddress != 0 {
		if len(body) < 6 {
			return Report{}, malformed("no room for the address")
		}
		from, body = Address(body[:6]).reversed(), body[6:]
	}
	r := bthome(a)
	if info&bthomeSealed == 0 {
		if key != nil {
			return Report{}, malformed("a device with a key sends without encryption: refused")
		}
		r.objects(body)
		return r, nil
	}
	nonce := append(append([]byte(nil), from[:]...), 0xD2, 0xFC, info)
	plain, err := r.unseal(nonce, body, key, nil)
	if err != nil || !r.Verified {
		return r, err
	}
	counter := r.Packet
	r.objects(plain)
	r.Packet, r.Bits = counter, 32 // verified, and longer than a packet's number
	return r, nil
}

// unseal opens what is sealed, with its counter and tag behind it. A key that is
// missing or does not fit leaves the report without values.
func (r *Report) unseal(nonce, body, key, additional []byte) ([]byte, error) {
	if len(body) < bthomeTail {
		return nil, malformed("%d sealed bytes", len(body))
	}
	n := len(body) - bthomeTail
	counter, tag := body[n:n+4], body[n+4:]
	r.Encrypted, r.Packet, r.Bits = true, binary.LittleEndian.Uint32(counter), 32
	if key == nil {
		return nil, nil
	}
	k, err := ccm.New(key)
	if err != nil {
		return nil, err
	}
	plain, err := k.Open(append(nonce, counter...), body[:n], tag, additional)
	r.Verified = err == nil
	return plain, nil
}

// objects reads objects until one that is not known, whose length nobody knows,
// or one that is cut.
func (r *Report) objects(b []byte) {
	button := 0
	for len(b) > 0 {
		o, id := bthomeObjects[b[0]], b[0]
		size := int(o.size)
		b = b[1:]
		if o.name != "" && size == 0 && len(b) > 0 {
			size, b = int(b[0]), b[1:]
		}
		if o.name == "" || len(b) < size {
			return
		}
		if id == 0x3A {
			button++
		}
		r.object(o, b[:size], button)
		b = b[size:]
	}
	r.lonelyButton(button)
}

// object takes one object in. Several buttons are numbered by their place: one
// that rests keeps it.
func (r *Report) object(o object, raw []byte, button int) {
	v := Value{Name: o.name, Kind: o.kind, Unit: o.unit}
	switch {
	case o.name == "packet_id":
		r.Packet, r.Bits = uint32(raw[0]), 8
		return
	case o.name == "button":
		if v.Text, v.Index = buttonEvents[raw[0]], button; v.Text == "" {
			return
		}
	case o.name == "dimmer":
		if v.Text, v.Number = dimmerEvents[raw[0]], float64(int8(raw[1])); v.Text == "" {
			return
		}
	case o.name == "text":
		if v.Text = string(raw); !utf8.ValidString(v.Text) {
			return
		}
	case o.name == "raw":
		v.Text = hex.EncodeToString(raw)
	case o.name == "firmware":
		for i := len(raw) - 1; i >= 0; i-- { // major last
			v.Text += fmt.Sprintf("%d.", raw[i])
		}
		v.Text = strings.TrimSuffix(v.Text, ".")
	default:
		v.Number = integer(raw, o.signed) * float64(o.mul) / float64(o.div)
	}
	r.Values = append(r.Values, v)
}

// lonelyButton takes the number from the button of a device that has one only.
func (r *Report) lonelyButton(buttons int) {
	for i := range r.Values {
		if r.Values[i].Name == "button" && buttons == 1 {
			r.Values[i].Index = 0
		}
	}
}

// integer reads 1 to 8 little-endian bytes.
func integer(raw []byte, signed bool) float64 {
	var v uint64
	for i := len(raw) - 1; i >= 0; i-- {
		v = v<<8 | uint64(raw[i])
	}
	if shift := 64 - 8*len(raw); signed {
		return float64(int64(v<<shift) >> shift)
	}
	return float64(v)
}

// decodeBTHome1 reads objects that each begin with their length and type.
func decodeBTHome1(a *Advert, b, key []byte) (Report, error) {
	if key != nil {
		return Report{}, malformed("a device with a key sends without encryption: refused")
	}
	r := bthome(a)
	return r, r.objects1(b)
}

func decodeBTHome1Sealed(a *Advert, b, key []byte) (Report, error) {
	r := bthome(a)
	nonce := append(append([]byte(nil), a.Address[:]...), 0x1E, 0x18)
	plain, err := r.unseal(nonce, b, key, []byte{0x11})
	if err != nil || !r.Verified {
		return r, err
	}
	counter := r.Packet
	err = r.objects1(plain)
	r.Packet, r.Bits = counter, 32
	return r, err
}

func (r *Report) objects1(b []byte) error {
	button := 0
	for len(b) > 0 {
		size, kind := int(b[0]&0x1F), b[0]>>5
		if size < 1 || len(b) < size+1 {
			return malformed("an object of %d bytes, %d are there", size, len(b)-1)
		}
		id, raw := b[1], b[2:size+1]
		b = b[size+1:]
		o := bthomeObjects[id]
		const unsigned, signed = 0, 1
		switch {
		case o.name == "" || kind > signed || len(raw) == 0 || len(raw) > 8: // a kind that is newer, or a text
		case o.kind == Event && len(raw) < int(o.size):
		default:
			o.signed = kind == signed
			if id == 0x3A {
				button++
			}
			r.object(o, raw, button)
		}
	}
	r.lonelyButton(button)
	return nil
}
