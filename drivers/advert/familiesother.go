package advert

import (
	"encoding/binary"
	"math"
)

// otherFamilies are meters, levels and tags: things of a home that say little
// about a person.
var otherFamilies = []family{
	{maker: "Inkbird", model: "INEM", free: true, names: []string{"electricity"}, sizes: []int{13}, more: meter("energy", "kW.h", "power", "kW")},
	{maker: "Inkbird", model: "INEM", free: true, names: []string{"water"}, sizes: []int{13}, more: meter("water", "m3", "water_flow", "m3/h")},
	{maker: "Felicita", model: "Skale", company: 0x81EF, sizes: []int{4}, fields: []place{sle("weight", 0, 2, 10, "g")}},
	{maker: "Mopeka", model: "Pro Check", company: 0x0059, sizes: []int{10}, is: []byteIs{{0, 0x03}}, more: mopeka},
	{maker: "Rotarex", model: "DimesSMART", company: 0x03B1, sizes: []int{19}, is: []byteIs{{7, 0x02}}, fields: []place{le("level", 9, 2, 100, "%")}},
	{maker: "Onset", model: "HOBO MX2001", company: 0x00C5, sizes: []int{20}, more: hobo},
	{maker: "Moko", model: "BeaconX Pro", service: 0xFEAB, sizes: []int{21}, is: []byteIs{{0, 0x60}}, more: moko},
	{maker: "TPMS", model: "TPMS", free: true, sizes: []int{18}, is: []byteIs{{0, 0}, {1, 1}, {3, 0xEA}, {4, 0xCA}},
		fields: []place{le("tyre_pressure", 8, 4, 100_000, "bar"), sle("temperature", 12, 4, 100, cel), percent("battery", 16), bit("alarm", 17, 0)}},
	{maker: "April Brother", model: "ABTemp", company: apple, sizes: []int{23}, is: []byteIs{{0, 0x02}, {1, 0x15}, {2, 0xB5}, {3, 0xB1}, {4, 0x82}, {5, 0xC7}},
		fields: []place{percent("battery", 20), sle("temperature", 21, 1, 1, cel)}, more: beaconToo},
	{maker: "BM2", model: "BM2", company: apple, sizes: []int{23}, is: []byteIs{{0, 0x02}, {1, 0x15}, {2, 0x65}, {3, 0x5F}, {4, 0x83}, {5, 0xCA}},
		fields: []place{percent("battery", 22)}},
	{maker: "Tilt", model: "Tilt", company: apple, sizes: []int{23}, is: []byteIs{{0, 0x02}, {1, 0x15}, {2, 0xA4}, {3, 0x95}, {4, 0xBB}, {6, 0xC5}}, more: tilt},
}

// meter is of pulses: since the start, and in the last minute, by how many make
// a unit.
func meter(sum, sumUnit, rate, rateUnit string) func(*Report, *Advert, []byte) error {
	return func(r *Report, _ *Advert, b []byte) error {
		per := float64(binary.LittleEndian.Uint16(b[8:]))
		if per == 0 {
			return malformed("no pulses make a unit")
		}
		r.add(rate, float64(binary.LittleEndian.Uint16(b[2:]))*60/per, rateUnit)
		r.add(sum, float64(binary.LittleEndian.Uint32(b[4:]))/per, sumUnit)
		return nil
	}
}

// mopeka ranges liquid gas by sound, whose speed hangs on the temperature: the
// maker's polynomial for propane.
func mopeka(r *Report, _ *Advert, b []byte) error {
	volts := float64(b[1]&0x7F) / 32
	raw := float64(b[2] & 0x7F)
	word := binary.LittleEndian.Uint16(b[3:])
	mm := float64(word&0x3FFF) * (0.573045 - 0.002822*raw - 0.00000535*raw*raw)
	r.add("temperature", raw-40, cel)
	r.add("voltage", volts, "V")
	r.add("battery", min(max((volts-2.2)/0.65*100, 0), 100), "%")
	r.add("distance", mm, "mm")
	r.add("quality", float64(word>>14), "1")
	return nil
}

func hobo(r *Report, _ *Advert, b []byte) error {
	m := float64(math.Float32frombits(binary.LittleEndian.Uint32(b[16:])))
	if math.IsNaN(m) || math.IsInf(m, 0) {
		return malformed("a level that is no number")
	}
	r.add("level", m, "m")
	return nil
}

// moko is scaled as in Theengs' two examples; one of them, at rest by its look,
// then shows 16 m/s2, so the scale may be wrong.
func moko(r *Report, _ *Advert, b []byte) error {
	for i, name := range []string{"acceleration_x", "acceleration_y", "acceleration_z"} {
		r.add(name, float64(int16(binary.BigEndian.Uint16(b[6+2*i:])))*0.000980665, "m/s2")
	}
	r.add("voltage", float64(binary.BigEndian.Uint16(b[12:]))/1000, "V")
	return nil
}

// rdl counts degrees, percents and hundredths of g in digits.
func rdl(r *Report, a *Advert, b []byte) error {
	r.climate(float64(int8(b[0]))+float64(b[1])/256, float64(b[2])+float64(b[3])/256)
	for i, name := range []string{"acceleration_x", "acceleration_y", "acceleration_z"} {
		d := b[4+4*i:]
		g := float64(d[1]) + float64(d[2])/10 + float64(d[3])/100
		if d[0] != 0 {
			g = -g
		}
		r.add(name, g*9.80665, "m/s2")
	}
	return beaconToo(r, a, nil)
}

// beaconToo adds that it is an iBeacon as well.
func beaconToo(r *Report, a *Advert, _ []byte) error {
	if m, ok := a.Company(apple); ok && len(m) >= beaconSize && binary.LittleEndian.Uint16(m) == iBeacon {
		r.beacon(m[2:])
	}
	return nil
}

// tilt floats in a brew: °F and a thousandth of its gravity where an iBeacon has
// major and minor.
func tilt(r *Report, _ *Advert, b []byte) error {
	r.add("temperature", float64(binary.BigEndian.Uint16(b[18:])-32)/1.8, cel)
	r.add("gravity", float64(binary.BigEndian.Uint16(b[20:]))/1000, "1")
	return nil
}
