package advert

import (
	"encoding/binary"
	"math"

	"osmanthus/drivers/ccm"
)

// decodeATC reads the firmware that people put on Xiaomi's thermometers: the
// format of atc1441 (big-endian), that of pvvx (little-endian), and both
// encrypted.
func decodeATC(a *Advert, b, key []byte) (Report, error) {
	r := Report{Maker: "Xiaomi", Model: "LYWSD03MMC (ATC)"}
	if key != nil && (len(b) == 13 || len(b) == 15) {
		return Report{}, malformed("a device with a key sends without encryption: refused")
	}
	switch len(b) {
	case 13:
		if Address(b[:6]) != a.Address && a.Address != (Address{}) {
			return Report{}, malformed("the address within is another")
		}
		r.climate(float64(int16(binary.BigEndian.Uint16(b[6:])))/10, float64(b[8]))
		r.power(float64(b[9]), float64(binary.BigEndian.Uint16(b[10:]))/1000)
		r.Packet, r.Bits = uint32(b[12]), 8
	case 15:
		r.climate(float64(int16(binary.LittleEndian.Uint16(b[6:])))/100, float64(binary.LittleEndian.Uint16(b[8:]))/100)
		r.power(float64(b[12]), float64(binary.LittleEndian.Uint16(b[10:]))/1000)
		r.Packet, r.Bits = uint32(b[13]), 8
	case 8, 11:
		return r, r.unsealATC(a, b, key)
	default:
		return Report{}, ErrUnknown // another of the many that use this service
	}
	return r, nil
}

// unsealATC opens: counter, text, tag. The nonce is the address, the head of the
// structure on the air, and the counter.
func (r *Report) unsealATC(a *Advert, b, key []byte) error {
	r.Encrypted, r.Packet, r.Bits = true, uint32(b[0]), 8
	if key == nil {
		return nil
	}
	k, err := ccm.New(key)
	if err != nil {
		return err
	}
	rev := a.Address.reversed()
	nonce := append(append([]byte(nil), rev[:]...), byte(len(b)+3), 0x16, 0x1A, 0x18, b[0])
	plain, err := k.Open(nonce, b[1:len(b)-4], b[len(b)-4:], []byte{0x11})
	if err != nil {
		return nil // the key does not fit: no values
	}
	r.Verified = true
	if len(plain) == 3 { // of atc1441: half degrees, percent
		r.climate(float64(plain[0])/2-40, float64(plain[1])/2)
		r.Values = append(r.Values, Value{Name: "battery", Number: float64(plain[2] & 0x7F), Unit: "%"})
		return nil
	}
	r.climate(float64(int16(binary.LittleEndian.Uint16(plain)))/100, float64(binary.LittleEndian.Uint16(plain[2:]))/100)
	r.Values = append(r.Values, Value{Name: "battery", Number: float64(plain[4]), Unit: "%"})
	return nil
}

func (r *Report) climate(celsius, percent float64) {
	r.Values = append(r.Values, Value{Name: "temperature", Number: celsius, Unit: "Cel"}, Value{Name: "humidity", Number: percent, Unit: "%"})
}

func (r *Report) power(percent, volts float64) {
	r.Values = append(r.Values, Value{Name: "battery", Number: percent, Unit: "%"}, Value{Name: "voltage", Number: volts, Unit: "V"})
}

// decodeRuuvi reads data formats 3 and 5 of RuuviTag.
func decodeRuuvi(a *Advert, b, _ []byte) (Report, error) {
	r := Report{Maker: "Ruuvi", Model: "RuuviTag"}
	switch {
	case len(b) == 14 && b[0] == 3:
		t := float64(b[2]&0x7F) + float64(b[3])/100
		if b[2]&0x80 != 0 {
			t = -t
		}
		r.climate(t, float64(b[1])/2)
		r.Values = append(r.Values, Value{Name: "pressure", Number: float64(uint32(binary.BigEndian.Uint16(b[4:]))+50_000) / 100, Unit: "hPa"})
		r.acceleration(b[6:])
		r.coinCell(float64(binary.BigEndian.Uint16(b[12:])) / 1000)
	case len(b) == 24 && b[0] == 5:
		if t := binary.BigEndian.Uint16(b[1:]); t != 0x8000 {
			r.Values = append(r.Values, Value{Name: "temperature", Number: float64(int16(t)) / 200, Unit: "Cel"})
		}
		if h := binary.BigEndian.Uint16(b[3:]); h != 0xFFFF {
			r.Values = append(r.Values, Value{Name: "humidity", Number: float64(h) / 400, Unit: "%"})
		}
		if p := binary.BigEndian.Uint16(b[5:]); p != 0xFFFF {
			r.Values = append(r.Values, Value{Name: "pressure", Number: float64(uint32(p)+50_000) / 100, Unit: "hPa"})
		}
		r.acceleration(b[7:])
		power := binary.BigEndian.Uint16(b[13:])
		if mv := power >> 5; mv != 0x7FF {
			r.coinCell(float64(mv)/1000 + 1.6)
		}
		if tx := power & 0x1F; tx != 0x1F {
			r.Values = append(r.Values, Value{Name: "tx_power", Number: float64(tx)*2 - 40, Unit: "dB[mW]"})
		}
		if b[15] != 0xFF {
			r.Values = append(r.Values, Value{Name: "movements", Number: float64(b[15]), Unit: "1"})
		}
		if n := binary.BigEndian.Uint16(b[16:]); n != 0xFFFF {
			r.Packet, r.Bits = uint32(n), 16
		}
	default:
		return Report{}, malformed("format %d with %d bytes", first(b), len(b))
	}
	return r, nil
}

// coinCell adds a voltage and the percents that are left of a lithium coin cell,
// which is taken for full at 3.1 V and for empty at 2.2 V.
func (r *Report) coinCell(volts float64) {
	const full, empty = 3.1, 2.2
	left := 100 * min(max((volts-empty)/(full-empty), 0), 1)
	r.Values = append(r.Values, Value{Name: "voltage", Number: volts, Unit: "V"}, Value{Name: "battery", Number: math.Round(left), Unit: "%"})
}

// acceleration adds three axes and their length, in mg.
func (r *Report) acceleration(b []byte) {
	const unknown = -0x8000
	var sum float64
	for i, name := range []string{"acceleration_x", "acceleration_y", "acceleration_z"} {
		v := int16(binary.BigEndian.Uint16(b[2*i:]))
		if v == unknown {
			return
		}
		sum += float64(v) * float64(v)
		r.Values = append(r.Values, Value{Name: name, Number: float64(v), Unit: "m[g]"})
	}
	r.Values = append(r.Values, Value{Name: "acceleration", Number: math.Sqrt(sum), Unit: "m[g]"})
}

func first(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}
