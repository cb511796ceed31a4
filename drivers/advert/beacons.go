package advert

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// Apple's company identifier, and the types of iBeacon and AltBeacon.
const (
	apple      = 0x004C
	iBeacon    = 0x1502 // little-endian: 02, length 15
	altBeacon  = 0xACBE
	eddyUID    = 0x00
	eddyURL    = 0x10
	eddyTLM    = 0x20
	eddyEID    = 0x30
	beaconSize = 23
)

// decodeIBeacon reads Apple's beacons: where somebody is, never what happened.
func decodeIBeacon(_ *Advert, b, _ []byte) (Report, error) {
	if len(b) < beaconSize || binary.LittleEndian.Uint16(b) != iBeacon {
		return Report{}, ErrUnknown // another of Apple's many types
	}
	r := Report{Model: "iBeacon"}
	r.beacon(b[2:])
	return r, nil
}

// decodeAltBeacon reads the open variant, which any company may send.
func decodeAltBeacon(_ *Advert, b, _ []byte) (Report, error) {
	if len(b) < 24 || binary.LittleEndian.Uint16(b) != altBeacon {
		return Report{}, ErrUnknown
	}
	r := Report{Model: "AltBeacon"}
	r.beacon(b[2:])
	r.Values = append(r.Values, Value{Name: "manufacturer_reserved", Number: float64(b[23]), Unit: "1"})
	return r, nil
}

// beacon reads 16 bytes of UUID, major, minor and the signal at 1 m.
func (r *Report) beacon(b []byte) {
	r.Values = append(r.Values,
		Value{Name: "uuid", Kind: Text, Text: hex.EncodeToString(b[:16])},
		Value{Name: "major", Number: float64(binary.BigEndian.Uint16(b[16:])), Unit: "1"},
		Value{Name: "minor", Number: float64(binary.BigEndian.Uint16(b[18:])), Unit: "1"},
		Value{Name: "measured_power", Number: float64(int8(b[20])), Unit: "dB[mW]"})
}

var eddySchemes = []string{"http://www.", "https://www.", "http://", "https://"}

var eddyEndings = []string{".com/", ".org/", ".edu/", ".net/", ".info/", ".biz/", ".gov/", ".com", ".org", ".edu", ".net", ".info", ".biz", ".gov"}

// decodeEddystone reads the frames of Eddystone; a RuuviTag of the fourth
// version hides its values in an address of the web.
func decodeEddystone(_ *Advert, b, _ []byte) (Report, error) {
	if len(b) < 2 {
		return Report{}, malformed("%d bytes", len(b))
	}
	r := Report{Model: "Eddystone"}
	power := Value{Name: "measured_power", Number: float64(int8(b[1])), Unit: "dB[mW]"}
	switch {
	case b[0] == eddyUID && len(b) >= 18:
		r.Values = append(r.Values, power,
			Value{Name: "namespace", Kind: Text, Text: hex.EncodeToString(b[2:12])},
			Value{Name: "instance", Kind: Text, Text: hex.EncodeToString(b[12:18])})
	case b[0] == eddyURL && len(b) >= 3:
		r.Values = append(r.Values, power, Value{Name: "url", Kind: Text, Text: eddyAddress(b[2:])})
		r.ruuviURL(b[2:])
	case b[0] == eddyTLM && len(b) >= 14 && b[1] == 0:
		r.Values = append(r.Values,
			Value{Name: "voltage", Number: float64(binary.BigEndian.Uint16(b[2:])) / 1000, Unit: "V"},
			Value{Name: "temperature", Number: float64(int16(binary.BigEndian.Uint16(b[4:]))) / 256, Unit: "Cel"},
			Value{Name: "adverts", Number: float64(binary.BigEndian.Uint32(b[6:])), Unit: "1"},
			Value{Name: "uptime", Number: float64(binary.BigEndian.Uint32(b[10:])) / 10, Unit: "s"})
	case b[0] == eddyEID && len(b) >= 10:
		r.Values = append(r.Values, power, Value{Name: "eid", Kind: Text, Text: hex.EncodeToString(b[2:10])})
	default:
		return Report{}, ErrUnknown
	}
	return r, nil
}

func eddyAddress(b []byte) string {
	var s strings.Builder
	s.WriteString(at(eddySchemes, int(b[0])))
	for _, c := range b[1:] {
		switch {
		case int(c) < len(eddyEndings):
			s.WriteString(eddyEndings[c])
		case c > 0x20 && c < 0x7F:
			s.WriteByte(c)
		}
	}
	return s.String()
}

// ruuviURL reads "ruu.vi/#" and nine characters of base64: format, humidity,
// temperature, pressure.
func (r *Report) ruuviURL(b []byte) {
	_, code, ok := strings.Cut(string(b), "ruu.vi/#")
	if !ok || len(code) < 8 {
		return
	}
	raw, err := base64.RawURLEncoding.DecodeString(code[:8]) // the ninth only tells tags apart
	if err != nil || raw[0] != 2 && raw[0] != 4 {
		return
	}
	r.Maker, r.Model = "Ruuvi", "RuuviTag"
	t := float64(raw[2]&0x7F) + float64(raw[3])/100
	if raw[2]&0x80 != 0 {
		t = -t
	}
	r.climate(t, float64(raw[1])/2)
	r.Values = append(r.Values, Value{Name: "pressure", Number: float64(uint32(binary.BigEndian.Uint16(raw[4:]))+50_000) / 100, Unit: "hPa"})
}
