package advert

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// What no description says: values packed into each other, lists, formulas.

// qingpingModels are the devices by their type.
var qingpingModels = map[byte]string{
	0x01: "CGG1", 0x04: "CGH1", 0x07: "CGG1", 0x09: "CGP1W", 0x0C: "CGD1", 0x0E: "CGDN1", 0x10: "CGDK2", 0x12: "CGPR1", 0x18: "CGP23W", 0x24: "CGDN1",
}

// qingping sends, behind its address, pieces of type, length and data.
func qingping(r *Report, _ *Advert, b []byte) error {
	if len(b) < 8 {
		return malformed("%d bytes", len(b))
	}
	if m, ok := qingpingModels[b[1]]; ok {
		r.Model = m
	}
	for b = b[8:]; len(b) >= 2 && len(b) >= 2+int(b[1]); {
		kind, data := b[0], b[2:2+int(b[1])]
		b = b[2+len(data):]
		u16 := func(at int) float64 { return float64(binary.LittleEndian.Uint16(data[at:])) }
		switch {
		case kind == 0x01 && len(data) == 4:
			r.climate(float64(int16(binary.LittleEndian.Uint16(data)))/10, u16(2)/10)
		case kind == 0x02 && len(data) == 1:
			r.add("battery", float64(data[0]), "%")
		case kind == 0x04 && len(data) == 1:
			r.state("door", data[0] == 0)
		case kind == 0x07 && len(data) == 2:
			r.add("pressure", u16(0)/10, "hPa")
		case kind == 0x08 && len(data) == 4:
			r.state("motion", data[0] != 0)
			r.add("illuminance", integer(data[1:], false), "lx")
		case kind == 0x09 && len(data) == 4:
			r.add("illuminance", integer(data, false), "lx")
		case kind == 0x0F && len(data) == 1 && r.Bits != 0 && r.Model == "CGH1": // the second is its contact: seen open only
			r.state("door", data[0] == 0)
		case kind == 0x0F && len(data) == 1:
			r.Packet, r.Bits = uint32(data[0]), 8
		case kind == 0x11 && len(data) == 1:
			r.state("light", data[0] != 0)
		case kind == 0x12 && len(data) == 4:
			r.add("pm25", u16(0), "ug/m3")
			r.add("pm10", u16(2), "ug/m3")
		case kind == 0x13 && len(data) == 2:
			r.add("carbon_dioxide", u16(0), "[ppm]")
		}
	}
	return nil
}

// sht is what the words of Sensirion's chips mean (their datasheets).
func sht(word uint16) (celsius float64) { return math.Round((-45+175*float64(word)/65535)*100) / 100 }

func sensirion(r *Report, _ *Advert, b []byte) error {
	h := math.Round((125*float64(binary.LittleEndian.Uint16(b[6:]))/65535-6)*100) / 100
	r.climate(sht(binary.LittleEndian.Uint16(b[4:])), h)
	return nil
}

// sensirionAir sends the words of an SCD4x.
func sensirionAir(r *Report, _ *Advert, b []byte) error {
	h := math.Round(100*float64(binary.LittleEndian.Uint16(b[6:]))/65535*100) / 100
	r.climate(sht(binary.LittleEndian.Uint16(b[4:])), h)
	r.add("carbon_dioxide", float64(binary.LittleEndian.Uint16(b[8:])), "[ppm]")
	return nil
}

// jaalee sends the words of an SHT30, big-endian.
func jaalee(at int) func(*Report, *Advert, []byte) error {
	return func(r *Report, _ *Advert, b []byte) error {
		h := math.Round(100*float64(binary.BigEndian.Uint16(b[at+2:]))/65535*100) / 100
		r.climate(sht(binary.BigEndian.Uint16(b[at:])), h)
		return nil
	}
}

// inkbird may have its thermometer on a wire.
func inkbird(r *Report, _ *Advert, b []byte) error {
	name := "temperature"
	if b[4] == 1 {
		name = "temperature_probe_1"
	}
	r.add(name, float64(int16(binary.LittleEndian.Uint16(b)))/100, cel)
	r.add("humidity", float64(binary.LittleEndian.Uint16(b[2:]))/100, rh)
	r.add("battery", float64(b[7]), "%")
	return nil
}

// probes are n temperatures of two bytes in a tenth of a degree; words near the
// top say that no probe is plugged in.
func probes(at, n int) func(*Report, *Advert, []byte) error {
	return func(r *Report, _ *Advert, b []byte) error {
		for i := range n {
			if w := binary.LittleEndian.Uint16(b[at+2*i:]); w < 60_000 {
				r.add("temperature_probe_"+strconv.Itoa(i+1), float64(w)/10, cel)
			}
		}
		return nil
	}
}

// packedClimate reads temperature and humidity that share 24 bits.
func (r *Report) packedClimate(b []byte) {
	v := raw(b[:3], true)
	t := math.Trunc(float64(v&0x7FFFFF)/1000) / 10
	if v&0x800000 != 0 {
		t = -t
	}
	r.climate(t, float64(v&0x7FFFFF%1000)/10)
}

func goveePacked(climate, battery int) func(*Report, *Advert, []byte) error {
	return func(r *Report, _ *Advert, b []byte) error {
		r.packedClimate(b[climate:])
		r.add("battery", float64(b[battery]&0x7F), "%")
		return nil
	}
}

// goveeAir packs three measures into 31 bits, three decimal digits each.
func goveeAir(r *Report, _ *Advert, b []byte) error {
	v := binary.BigEndian.Uint32(b[2:])
	t := math.Trunc(float64(v&0x7FFFFFFF)/1e6) / 10
	if v>>31 != 0 {
		t = -t
	}
	r.climate(t, float64(v&0x7FFFFFFF/1000%1000)/10)
	r.add("pm25", float64(v&0x7FFFFFFF%1000), "ug/m3")
	return nil
}

func govee5178(r *Report, _ *Advert, b []byte) error {
	if b[2] == 1 {
		r.Model = "H5178-outdoor"
	}
	r.add("sensor_id", float64(b[2]), "1")
	r.packedClimate(b[3:])
	r.add("battery", float64(b[6]&0x7F), "%")
	return nil
}

// probe adds a temperature of a grill with its alarms; a word of ones is none.
func (r *Report) probe(name string, word uint16, div float64) {
	if word != 0xFFFF {
		r.add(name, float64(word)/div, cel)
	}
}

func govee5055(r *Report, _ *Advert, b []byte) error {
	r.add("battery", float64(b[4]&0x7F), "%")
	first := int(b[5]>>6)*2 + 1
	for i, at := range []int{7, 14} {
		n := strconv.Itoa(first + i)
		r.probe("temperature_probe_"+n, binary.LittleEndian.Uint16(b[at:]), 1)
		r.probe("low_temperature_alarm_probe_"+n, binary.LittleEndian.Uint16(b[at+2:]), 1)
		r.probe("temperature_alarm_probe_"+n, binary.LittleEndian.Uint16(b[at+4:]), 1)
	}
	return nil
}

func goveeGrill(at ...int) func(*Report, *Advert, []byte) error {
	return func(r *Report, _ *Advert, b []byte) error {
		for i, at := range at {
			n := strconv.Itoa(i + 1)
			r.probe("temperature_probe_"+n, binary.BigEndian.Uint16(b[at:]), 100)
			r.probe("temperature_alarm_probe_"+n, binary.BigEndian.Uint16(b[at+2:]), 100)
		}
		return nil
	}
}

func goveeWide(r *Report, a *Advert, b []byte) error {
	return goveeGrill(10, 16)(r, a, b)
}

func goveeRocks(r *Report, a *Advert, b []byte) error {
	for i, at := range []int{14, 20} {
		r.probe("low_temperature_alarm_probe_"+strconv.Itoa(i+1), binary.BigEndian.Uint16(b[at:]), 100)
	}
	return goveeWide(r, a, b)
}

func thermoPro(r *Report, _ *Advert, b []byte) error {
	r.state("battery_low", b[4]&3 == 0)
	return nil
}

// switchBotOutdoor repeats the address before its measures.
func switchBotOutdoor(r *Report, a *Advert, b []byte) error {
	t := float64(b[9]&0x7F) + float64(b[8]&0x0F)/10
	if b[9]&0x80 == 0 {
		t = -t
	}
	r.climate(t, float64(b[10]&0x7F))
	if s, ok := a.Service(0xFD3D); ok && len(s) >= 3 {
		r.add("battery", float64(s[2]&0x7F), "%")
	}
	return nil
}

func switchBot(r *Report, _ *Advert, b []byte) error {
	t := float64(b[4]&0x7F) + float64(b[3]&0x0F)/10
	if b[4]&0x80 == 0 {
		t = -t
	}
	r.climate(t, float64(b[5]&0x7F))
	r.add("battery", float64(b[2]&0x7F), "%")
	return nil
}

// thermoBeaconPower is the maker's curve from voltage to percent.
func thermoBeaconPower(r *Report, _ *Advert, b []byte) error {
	mv := float64(binary.LittleEndian.Uint16(b[8:]))
	left := 0.0
	switch {
	case mv >= 3000:
		left = 100
	case mv >= 2600:
		left = 60 + (mv-2600)*0.1
	case mv >= 2500:
		left = 40 + (mv-2500)*0.2
	case mv >= 2450:
		left = 20 + (mv-2450)*0.4
	}
	r.add("battery", math.Round(left*10)/10, "%")
	return nil
}

// holyIOT sends its battery and one measure at a time.
func holyIOT(r *Report, _ *Advert, b []byte) error {
	if len(b) < 12 || b[0] != 0x41 {
		return malformed("%d bytes", len(b))
	}
	r.add("battery", float64(b[1]), "%")
	switch b[10] {
	case 1:
		if len(b) < 13 {
			return malformed("a temperature that is cut")
		}
		t, cents := float64(int8(b[11])), float64(b[12])/100
		if t < 0 {
			cents = -cents
		}
		r.add("temperature", t+cents, cel)
	case 3:
		r.add("humidity", float64(b[11]), rh)
	case 4:
		r.state("vibration", b[11] == 1)
	case 6:
		if b[11] == 1 {
			r.Values = append(r.Values, Value{Name: "button", Kind: Event, Text: "press"})
		}
	}
	return nil
}

func oralB(r *Report, _ *Advert, b []byte) error {
	if len(b) < 9 {
		return malformed("%d bytes", len(b))
	}
	const running = 3
	r.state("toothbrush", b[3] == running)
	r.add("counter", float64(binary.BigEndian.Uint16(b[5:])), "1")
	return nil
}

func senssun(r *Report, _ *Advert, b []byte) error {
	kg := float64(binary.BigEndian.Uint16(b[12:])) / 100
	v := Value{Name: "weight", Number: kg, Unit: "kg"}
	if b[16]&1 != 0 {
		v.Metric = "body_weight"
	}
	r.Values = append(r.Values, v)
	return nil
}

// ela sends humidity as a service of its own.
func ela(r *Report, a *Advert, _ []byte) error {
	if h, ok := a.Service(0x2A6F); ok && len(h) == 1 {
		r.add("humidity", float64(h[0]), rh)
	}
	return nil
}

// elaVoltage adds what the maker's own data say of the battery.
func elaVoltage(r *Report, a *Advert, _ []byte) error {
	if v, ok := a.Company(0x0757); ok && len(v) == 3 && v[0] == 0xF2 {
		r.add("voltage", float64(binary.LittleEndian.Uint16(v[1:]))/1000, "V")
	}
	return nil
}

func elaHumid(r *Report, a *Advert, b []byte) error {
	if err := ela(r, a, b); err != nil {
		return err
	}
	return elaVoltage(r, a, b)
}

func relsibText(r *Report, _ *Advert, b []byte) error {
	t, err := strconv.ParseFloat(strings.TrimSpace(string(b)), 64)
	if err != nil || math.IsNaN(t) || math.Abs(t) > 200 {
		return fmt.Errorf("%w: %q is no temperature", ErrMalformed, b)
	}
	r.add("temperature", t, cel)
	return nil
}

func smartDry(r *Report, _ *Advert, b []byte) error {
	f := func(at int) float64 {
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b[at:])))
	}
	t, h := f(0), f(4)
	if math.IsNaN(t) || math.IsInf(t, 0) || math.IsNaN(h) || math.IsInf(h, 0) {
		return malformed("numbers that are none")
	}
	r.climate(t, h)
	r.add("shake", float64(b[8]), "1")
	r.add("voltage", (2847+float64(b[10]))/1000, "V")
	r.state("awake", b[11]&1 != 0)
	return nil
}

// parasite sends the words of a plant's sensor, big-endian.
func parasite(r *Report, _ *Advert, b []byte) error {
	word := func(at int) float64 { return float64(binary.BigEndian.Uint16(b[at:])) }
	r.Packet, r.Bits = uint32(b[1]&0x0F), 4
	r.climate(float64(int16(binary.BigEndian.Uint16(b[4:])))/100, word(6)/65535*100)
	r.add("moisture", word(8)/65535*100, rh)
	r.add("voltage", word(2)/1000, "V")
	return nil
}

// kkm says by bits which values follow: voltage, temperature, humidity,
// acceleration.
func kkm(r *Report, _ *Advert, b []byte) error {
	if len(b) < 3 {
		return malformed("%d bytes", len(b))
	}
	mask, rest := b[2], b[3:]
	for bit, size := range []int{2, 2, 2, 6} {
		if said := mask>>bit&1 != 0; !said && !(bit == 3 && len(rest) == size) { // some keep still about the last
			continue
		}
		if len(rest) < size {
			return malformed("%d bytes", len(b))
		}
		v := float64(int16(binary.BigEndian.Uint16(rest))) / 256
		switch bit {
		case 0:
			r.coinCell(float64(binary.BigEndian.Uint16(rest)) / 1000)
		case 1:
			r.add("temperature", v, cel)
		case 2:
			r.add("humidity", v, rh)
		case 3:
			r.acceleration(rest)
		}
		rest = rest[size:]
	}
	return nil
}

// jaaleeBeacon hides its values where an iBeacon has major and minor.
func jaaleeBeacon(r *Report, a *Advert, b []byte) error {
	return jaalee(18)(r, a, b)
}
