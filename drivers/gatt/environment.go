package gatt

// Air is one value of the Environmental Sensing Service: of a room, not of a
// person.
type Air struct {
	metric string
	unit   string
	known  bool
	Value  float64 `json:"value"`
}

func decodeAirTemperature(c *cursor) Value {
	raw := int16(c.u16())
	return &Air{"air_temperature", "Cel", raw != -0x8000, float64(raw) / 100}
}

func decodeHumidity(c *cursor) Value {
	raw := c.u16()
	return &Air{"relative_humidity", "%", raw <= 10_000, float64(raw) / 100}
}

func decodeAirPressure(c *cursor) Value {
	raw := c.u32()
	return &Air{"air_pressure", "hPa", true, float64(raw) / 1000}
}

// Measures implements Value. The words for "not known" are no values.
func (a *Air) Measures(to []Measure) []Measure {
	if !a.known {
		return to
	}
	return append(to, Measure{Metric: a.metric, Value: a.Value, Unit: a.unit})
}
