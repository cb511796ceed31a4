package drivers

// Measure is one value under the name of its metric. Drivers know no table of
// metrics: whoever reads them holds the names against one.
type Measure struct {
	Metric string  `json:"metric"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"` // UCUM
}

// State is a measure of something that is so, 1, or is not, 0.
func State(metric string, on bool) Measure {
	m := Measure{Metric: metric, Unit: "1"}
	if on {
		m.Value = 1
	}
	return m
}
