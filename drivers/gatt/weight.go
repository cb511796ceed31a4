package gatt

import "math"

const (
	kgPerPound    = 0.45359237
	cmPerInch     = 2.54
	unsuccessful  = 0xFFFF
	poundsPerUnit = 100.0 // a unit is 0.01 lb
	kgPerUnit     = 200.0 // a unit is 0.005 kg
)

// Weight is a Weight Measurement (2A9D).
type Weight struct {
	Flags        uint8              `json:"flags"`
	Raw          uint16             `json:"raw"`
	Weight       Optional[float64]  `json:"weight"`
	Unsuccessful bool               `json:"unsuccessful,omitempty"`
	Unit         string             `json:"unit"` // kg or lb
	Timestamp    Optional[DateTime] `json:"timestamp"`
	UserID       Optional[uint8]    `json:"user_id"`
	BMI          Optional[float64]  `json:"bmi,omitzero"` // kg/m²
	Height       Optional[float64]  `json:"height,omitzero"`
	HeightUnit   string             `json:"height_unit,omitempty"` // m or in
}

func decodeWeight(c *cursor) Value {
	w := &Weight{Flags: c.u8(), Raw: c.u16()}
	imperial := w.Flags&1 != 0
	w.Unit = massUnit(imperial)
	if w.Unsuccessful = w.Raw == unsuccessful; !w.Unsuccessful {
		w.Weight = some(mass(w.Raw, imperial))
	}
	if w.Flags&2 != 0 {
		w.Timestamp = some(c.dateTime())
	}
	if w.Flags&4 != 0 {
		w.UserID = some(c.u8())
	}
	if w.Flags&8 != 0 {
		w.BMI = some(float64(c.u16()) / 10)
		w.Height = some(length(c.u16(), imperial))
		if w.HeightUnit = "m"; imperial {
			w.HeightUnit = "in"
		}
	}
	return w
}

func massUnit(imperial bool) string {
	if imperial {
		return "lb"
	}
	return "kg"
}

func mass(raw uint16, imperial bool) float64 {
	if imperial {
		return float64(raw) / poundsPerUnit
	}
	return float64(raw) / kgPerUnit
}

func length(raw uint16, imperial bool) float64 {
	if imperial {
		return float64(raw) / 10
	}
	return float64(raw) / 1000
}

// Measures implements Value.
func (w *Weight) Measures(to []Measure) []Measure {
	of := Measure{At: w.Timestamp, User: w.UserID}
	to = of.mass(to, w.Weight, w.Unit)
	if w.BMI.OK && w.BMI.Value > 0 {
		to = append(to, of.with("body_mass_index", w.BMI.Value, "kg/m2"))
	}
	return of.height(to, w.Height, w.Unit)
}

// with returns the same person and time for another quantity.
func (m Measure) with(metric string, v float64, unit string) Measure {
	m.Metric, m.Value, m.Unit = metric, v, unit
	return m
}

func (m Measure) mass(to []Measure, v Optional[float64], unit string) []Measure {
	if !v.OK || v.Value == 0 { // an empty scale
		return to
	}
	kg := v.Value
	if unit == "lb" {
		kg = math.Round(kg*kgPerPound*100) / 100
	}
	return append(to, m.with("body_weight", kg, "kg"))
}

func (m Measure) height(to []Measure, v Optional[float64], unit string) []Measure {
	if !v.OK || v.Value == 0 {
		return to
	}
	cm := v.Value * 100
	if unit == "lb" {
		cm = v.Value * cmPerInch
	}
	return append(to, m.with("body_height", math.Round(cm*10)/10, "cm"))
}

// Composition is a Body Composition Measurement (2A9C).
type Composition struct {
	Flags         uint16             `json:"flags"`
	BodyFat       Optional[float64]  `json:"body_fat_pct"` // %
	Unsuccessful  bool               `json:"unsuccessful,omitempty"`
	Unit          string             `json:"unit"` // of masses: kg or lb
	Timestamp     Optional[DateTime] `json:"timestamp"`
	UserID        Optional[uint8]    `json:"user_id"`
	BasalKJ       Optional[uint16]   `json:"basal_metabolism_kj,omitzero"`
	MusclePct     Optional[float64]  `json:"muscle_pct,omitzero"`
	MuscleMass    Optional[float64]  `json:"muscle_mass,omitzero"`
	FatFreeMass   Optional[float64]  `json:"fat_free_mass,omitzero"`
	SoftLeanMass  Optional[float64]  `json:"soft_lean_mass,omitzero"`
	BodyWaterMass Optional[float64]  `json:"body_water_mass,omitzero"`
	Impedance     Optional[float64]  `json:"impedance_ohm,omitzero"`
	Weight        Optional[float64]  `json:"weight,omitzero"`
	Height        Optional[float64]  `json:"height,omitzero"`
	MultiPacket   bool               `json:"multiple_packet"` // the rest comes in another value
}

func decodeComposition(c *cursor) Value {
	b := &Composition{Flags: c.u16()}
	imperial := b.Flags&1 != 0
	b.Unit = massUnit(imperial)
	if fat := c.u16(); fat == unsuccessful {
		b.Unsuccessful = true
	} else {
		b.BodyFat = some(float64(fat) / 10)
	}
	if b.Flags&2 != 0 {
		b.Timestamp = some(c.dateTime())
	}
	if b.Flags&4 != 0 {
		b.UserID = some(c.u8())
	}
	if b.Flags&8 != 0 {
		b.BasalKJ = some(c.u16())
	}
	tenth := func(raw uint16, _ bool) float64 { return float64(raw) / 10 }
	for bit, field := range [...]struct {
		to    *Optional[float64]
		scale func(uint16, bool) float64
	}{
		4: {&b.MusclePct, tenth}, 5: {&b.MuscleMass, mass}, 6: {&b.FatFreeMass, mass}, 7: {&b.SoftLeanMass, mass},
		8: {&b.BodyWaterMass, mass}, 9: {&b.Impedance, tenth}, 10: {&b.Weight, mass}, 11: {&b.Height, length},
	} {
		if field.to != nil && b.Flags>>bit&1 != 0 {
			*field.to = some(field.scale(c.u16(), imperial))
		}
	}
	b.MultiPacket = b.Flags>>12&1 != 0
	return b
}

// Measures implements Value.
func (b *Composition) Measures(to []Measure) []Measure {
	of := Measure{At: b.Timestamp, User: b.UserID}
	to = of.mass(to, b.Weight, b.Unit)
	if b.BodyFat.OK && b.BodyFat.Value > 0 {
		to = append(to, of.with("body_fat", b.BodyFat.Value, "%"))
	}
	return of.height(to, b.Height, b.Unit)
}
