package advert

import (
	"encoding/binary"
	"math"
)

// decodeMiScale1 reads the first Mi scale: control, weight, time.
func decodeMiScale1(_ *Advert, b, _ []byte) (Report, error) {
	if len(b) != 10 {
		return Report{}, malformed("%d bytes", len(b))
	}
	const pounds, jin, stable, removed = 1 << 0, 1 << 4, 1 << 5, 1 << 7
	r := Report{Maker: "Xiaomi", Model: "Mi Scale V1"}
	div := 200.0
	unit := "kg"
	switch {
	case b[0]&pounds != 0:
		div, unit = 100, "[lb_av]"
	case b[0]&jin != 0:
		div, unit = 100, "jin"
	}
	r.weigh(float64(binary.LittleEndian.Uint16(b[1:]))/div, unit, b[0]&stable != 0, b[0]&removed != 0)
	return r, nil
}

// decodeMiScale2 reads the second: unit, control, time, impedance, weight.
func decodeMiScale2(_ *Advert, b, _ []byte) (Report, error) {
	if len(b) != 13 {
		return Report{}, malformed("%d bytes", len(b))
	}
	const units, pounds, object = 3, 3, 1 << 2 // of the first byte
	const impedance, stable, jin, removed = 1 << 1, 1 << 5, 1 << 6, 1 << 7
	r := Report{Maker: "Xiaomi", Model: "Mi Scale V2"}
	div, unit := 200.0, "kg"
	switch {
	case b[1]&jin != 0:
		div, unit = 100, "jin"
	case b[0]&units == pounds:
		div, unit = 100, "[lb_av]"
	}
	r.weigh(float64(binary.LittleEndian.Uint16(b[11:]))/div, unit, b[1]&stable != 0, b[1]&removed != 0)
	if b[0]&object != 0 { // a parcel, or a cat: nobody's weight
		for i := range r.Values {
			r.Values[i].Metric = ""
		}
	}
	if b[1]&impedance != 0 {
		r.Values = append(r.Values, Value{Name: "impedance", Number: float64(binary.LittleEndian.Uint16(b[9:])), Unit: "Ohm"})
	}
	return r, nil
}

// kilograms is what a unit of the Mi scales is; a jin is half a kilogram.
var kilograms = map[string]float64{"kg": 1, "[lb_av]": 0.45359237, "jin": 0.5}

// weigh adds a weight: as a measure of a person only when it rests and nobody
// has stepped off.
func (r *Report) weigh(v float64, unit string, stable, removed bool) {
	state := func(name string, on bool) {
		x := Value{Name: name, Kind: State, Unit: "1"}
		if on {
			x.Number = 1
		}
		r.Values = append(r.Values, x)
	}
	if unit == "jin" {
		v, unit = v*kilograms[unit], "kg"
	}
	r.Values = append(r.Values, Value{Name: "non_stabilized_weight", Number: v, Unit: unit})
	state("stabilized", stable)
	state("weight_removed", removed)
	if stable && !removed {
		r.Values = append(r.Values, Value{Name: "weight", Number: v, Unit: unit, Metric: "body_weight", Factor: kilograms[unit]})
	}
}

// decodeHuami reads the scale and the bands of Huami: steps, or a weighing.
func decodeHuami(a *Advert, b, _ []byte) (Report, error) {
	r := Report{Maker: "Huami"}
	switch len(b) {
	case 4:
		r.Model = "Mi Band"
		r.Values = append(r.Values, Value{Name: "steps", Number: float64(binary.LittleEndian.Uint32(b)), Unit: "1"})
	case 20:
		r.Model = "Amazfit Smart Scale"
		r.weigh(math.Round(float64(binary.LittleEndian.Uint16(b[7:]))/200*100)/100, "kg", true, false)
		r.Values = append(r.Values,
			Value{Name: "impedance", Number: float64(binary.LittleEndian.Uint16(b[5:])) / 10, Unit: "Ohm"},
			Value{Name: "pulse", Number: float64(b[12]), Unit: "/min", Metric: "pulse_rate"})
	default:
		return Report{}, malformed("%d bytes", len(b))
	}
	r.band(a)
	return r, nil
}

// band adds the heart rate that a band puts into its manufacturer's data.
func (r *Report) band(a *Advert) {
	const huami, length, heart, none = 0x0157, 24, 3, 0xFF
	m, ok := a.Company(huami)
	if ok && len(m) == length && m[heart] != none && m[heart] != 0 {
		r.Values = append(r.Values, Value{Name: "heart_rate", Number: float64(m[heart]), Unit: "/min"})
	}
}
