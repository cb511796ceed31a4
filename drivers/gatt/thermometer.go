package gatt

import "math"

// Temperature is a Temperature Measurement (2A1C) or an Intermediate
// Temperature (2A1E).
type Temperature struct {
	Flags       uint8              `json:"flags"`
	Unit        string             `json:"unit"` // C or F
	Temperature Number             `json:"temperature"`
	Timestamp   Optional[DateTime] `json:"timestamp"`
	Type        Optional[uint8]    `json:"type"`
	TypeName    string             `json:"type_name,omitempty"` // where on the body
}

var temperatureTypes = [...]string{1: "armpit", 2: "body", 3: "ear", 4: "finger", 5: "GI tract", 6: "mouth", 7: "rectum", 8: "toe", 9: "tympanum"}

func decodeTemperature(c *cursor) Value {
	t := &Temperature{Flags: c.u8(), Unit: "C", Temperature: c.float()}
	if t.Flags&1 != 0 {
		t.Unit = "F"
	}
	if t.Flags&2 != 0 {
		t.Timestamp = some(c.dateTime())
	}
	if t.Flags&4 != 0 {
		t.Type = some(c.u8())
		t.TypeName = name(temperatureTypes[:], t.Type.Value)
	}
	return t
}

// Measures implements Value. The temperature of a finger or a toe says nothing
// about that of the body.
func (t *Temperature) Measures(to []Measure) []Measure {
	if !t.Temperature.OK() {
		return to
	}
	v := t.Temperature.Value
	if t.Unit == "F" {
		v = math.Round((v-32)*5/9*100) / 100
	}
	m := Measure{Metric: "body_temperature", Value: v, Unit: "Cel", At: t.Timestamp}
	if t.TypeName == "finger" || t.TypeName == "toe" {
		m.Doubt = "measured at a " + t.TypeName
	}
	return append(to, m)
}

// TemperatureType is where a thermometer measures (2A1D).
type TemperatureType struct {
	Type uint8  `json:"type"`
	Name string `json:"name"`
}

func decodeTemperatureType(c *cursor) Value {
	t := &TemperatureType{Type: c.u8()}
	t.Name = name(temperatureTypes[:], t.Type)
	return t
}

// Measures implements Value: there are none.
func (*TemperatureType) Measures(to []Measure) []Measure { return to }

// Interval is the time between measurements (2A21), 0 for none.
type Interval struct {
	Seconds uint16 `json:"interval_s"`
}

func decodeInterval(c *cursor) Value { return &Interval{c.u16()} }

// Measures implements Value: there are none.
func (*Interval) Measures(to []Measure) []Measure { return to }
