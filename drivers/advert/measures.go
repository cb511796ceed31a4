package advert

import (
	"math"
	"strings"
)

// Measure is one value under the name of its metric.
type Measure struct {
	Metric string  `json:"metric"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"` // UCUM
}

// metrics is what the names of the formats mean for a home. What is not in it
// (energy, current, wind …) is decoded and shown, and says nothing about a
// person.
var metrics = map[string]string{
	"battery": "battery_level", "temperature": "air_temperature",
	"humidity": "relative_humidity", "pressure": "air_pressure", "carbon_dioxide": "carbon_dioxide",
	"illuminance": "illuminance", "motion": "motion", "occupancy": "motion", "presence": "motion",
	"door": "door", "opening": "door", "window": "door", "garage_door": "door", "smoke": "smoke", "gas": "gas",
	"carbon_monoxide": "carbon_monoxide", "water_leak": "water_leak", "button": "button_press",
	"heart_rate": "heart_rate", "bed_occupancy": "bed_occupancy",
}

// Measures appends what is useful in a report.
func (r *Report) Measures(to []Measure) []Measure {
	for _, v := range r.Values {
		name := v.Name
		if name == "moisture" && v.Kind == State { // of the floor, not of a flower pot
			name = "water_leak"
		}
		if strings.HasPrefix(name, "button_") && v.Kind == Event { // of several buttons
			name = "button"
		}
		metric, ok := metrics[name]
		if v.Metric != "" {
			metric, ok = v.Metric, true
		}
		if !ok || v.Kind == Text {
			continue
		}
		m := Measure{Metric: metric, Value: v.Number, Unit: v.Unit}
		if v.Factor != 0 && v.Factor != 1 {
			m.Value, m.Unit = math.Round(v.Number*v.Factor*100)/100, "kg"
		}
		if v.Kind == Event {
			m.Value, m.Unit = 1, "1" // any press of a call button is a call
		}
		to = append(to, m)
	}
	return to
}
