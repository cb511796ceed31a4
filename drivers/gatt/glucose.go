package gatt

import "math"

// Glucose is a Glucose Measurement (2A18).
type Glucose struct {
	Flags         uint8             `json:"flags"`
	Seq           uint16            `json:"seq"`
	BaseTime      DateTime          `json:"base_time"`
	TimeOffset    Optional[int16]   `json:"time_offset_min"` // what the user set the clock by, minutes
	Concentration Optional[Number]  `json:"concentration"`
	Unit          string            `json:"unit,omitempty"` // kg/L or mol/L
	MgPerDL       Optional[float64] `json:"mg_dL,omitzero"`
	MmolPerL      Optional[float64] `json:"mmol_L,omitzero"`
	Type          Optional[uint8]   `json:"type"`     // of the fluid
	Location      Optional[uint8]   `json:"location"` // of the sample
	Status        Optional[uint16]  `json:"status"`
	StatusFlags   []string          `json:"status_flags,omitempty"`
	ContextComes  bool              `json:"context_follows"`
}

var glucoseStatus = [...]string{
	"battery_low", "sensor_malfunction", "sample_size_insufficient", "strip_insertion_error", "strip_type_incorrect",
	"result_too_high", "result_too_low", "temperature_too_high", "temperature_too_low", "read_interrupted",
	"device_fault", "time_fault",
}

// mmolPerMgDL is by the molar mass of glucose, 180.156 g/mol.
const mmolPerMgDL = 10 / 180.156

func decodeGlucose(c *cursor) Value {
	g := &Glucose{Flags: c.u8(), Seq: c.u16(), BaseTime: c.dateTime()}
	if g.Flags&1 != 0 {
		g.TimeOffset = some(int16(c.u16()))
	}
	if g.Flags&2 != 0 {
		n := c.sfloat()
		g.Concentration = some(n)
		switch {
		case g.Flags&4 != 0:
			g.Unit = "mol/L"
			if n.OK() {
				g.MmolPerL = some(tidy(n.Value * 1000))
			}
		default:
			g.Unit = "kg/L"
			if n.OK() {
				g.MgPerDL = some(tidy(n.Value * 100_000))
			}
		}
		both := c.u8()
		g.Type, g.Location = some(both&15), some(both>>4)
	}
	if g.Flags&8 != 0 {
		g.Status = some(c.u16())
		g.StatusFlags = set(glucoseStatus[:], uint32(g.Status.Value))
	}
	g.ContextComes = g.Flags&16 != 0
	return g
}

// tidy takes away what binary fractions add.
func tidy(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// Measures implements Value. A control solution is nobody's blood.
func (g *Glucose) Measures(to []Measure) []Measure {
	const control, wrong = 10, 1<<1 | 1<<2 | 1<<3 | 1<<4 | 1<<9 | 1<<10
	if g.Type.OK && g.Type.Value == control || g.Status.Value&wrong != 0 {
		return to
	}
	v := g.MmolPerL
	if g.MgPerDL.OK {
		v = some(g.MgPerDL.Value * mmolPerMgDL)
	}
	if !v.OK {
		return to
	}
	at := some(g.BaseTime)
	if g.TimeOffset.OK {
		at = some(g.BaseTime.shifted(int(g.TimeOffset.Value)))
	}
	return append(to, Measure{Metric: "glucose", Value: math.Round(v.Value*100) / 100, Unit: "mmol/L", At: at})
}

// GlucoseContext is a Glucose Measurement Context (2A34).
type GlucoseContext struct {
	Flags          uint8            `json:"flags"`
	Seq            uint16           `json:"seq"`
	Extended       Optional[uint8]  `json:"extended_flags,omitzero"`
	CarbID         Optional[uint8]  `json:"carb_id,omitzero"`
	CarbKg         Optional[Number] `json:"carb_kg,omitzero"`
	Meal           Optional[uint8]  `json:"meal,omitzero"`
	Tester         Optional[uint8]  `json:"tester,omitzero"`
	Health         Optional[uint8]  `json:"health,omitzero"`
	ExerciseS      Optional[uint16] `json:"exercise_s,omitzero"`
	ExercisePct    Optional[uint8]  `json:"exercise_pct,omitzero"`
	MedicationID   Optional[uint8]  `json:"medication_id,omitzero"`
	Medication     Optional[Number] `json:"medication,omitzero"`
	MedicationUnit string           `json:"medication_unit,omitempty"` // kg or L
	HbA1cPct       Optional[Number] `json:"hba1c_pct,omitzero"`
}

func decodeGlucoseContext(c *cursor) Value {
	g := &GlucoseContext{Flags: c.u8(), Seq: c.u16()}
	has := func(bit int) bool { return g.Flags>>bit&1 != 0 }
	if has(7) {
		g.Extended = some(c.u8())
	}
	if has(0) {
		g.CarbID, g.CarbKg = some(c.u8()), some(c.sfloat())
	}
	if has(1) {
		g.Meal = some(c.u8())
	}
	if has(2) {
		both := c.u8()
		g.Tester, g.Health = some(both&15), some(both>>4)
	}
	if has(3) {
		g.ExerciseS, g.ExercisePct = some(c.u16()), some(c.u8())
	}
	if has(4) {
		g.MedicationID, g.Medication = some(c.u8()), some(c.sfloat())
		if g.MedicationUnit = "kg"; has(5) {
			g.MedicationUnit = "L"
		}
	}
	if has(6) {
		g.HbA1cPct = some(c.sfloat())
	}
	return g
}

// Measures implements Value: the context belongs to a measurement.
func (*GlucoseContext) Measures(to []Measure) []Measure { return to }
