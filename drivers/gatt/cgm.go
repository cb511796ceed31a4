package gatt

import (
	"math"

	"osmanthus/drivers/crc16"
)

// CGMRecords is a CGM Measurement (2AA7): one or several records.
type CGMRecords []CGM

// CGM is one record of continuous glucose monitoring.
type CGM struct {
	Flags         uint8            `json:"flags"`
	Concentration Number           `json:"concentration_mg_dL"` // mg/dL
	TimeOffset    uint16           `json:"time_offset_min"`     // minutes since the session began
	Status        Optional[uint8]  `json:"status,omitzero"`
	CalTemp       Optional[uint8]  `json:"cal_temp,omitzero"`
	Warning       Optional[uint8]  `json:"warning,omitzero"`
	Trend         Optional[Number] `json:"trend,omitzero"`   // mg/dL a minute
	Quality       Optional[Number] `json:"quality,omitzero"` // %
}

func decodeCGM(c *cursor) Value {
	records := &CGMRecords{}
	if len(c.b) == 0 {
		c.fail("no record")
	}
	for len(c.b) > 0 && c.err == nil {
		size := int(c.b[0])
		if size < 6 {
			c.fail("a record of %d bytes", size)
			break
		}
		raw := c.take(size)
		if c.err != nil {
			break
		}
		*records = append(*records, c.record(raw))
	}
	return records
}

// record reads one record; two bytes behind what its flags announce are its
// check.
func (c *cursor) record(raw []byte) (g CGM) {
	r := cursor{b: raw[1:]}
	g.Flags, g.Concentration, g.TimeOffset = r.u8(), r.sfloat(), r.u16()
	for _, octet := range [...]struct {
		bit int
		to  *Optional[uint8]
	}{{7, &g.Status}, {6, &g.CalTemp}, {5, &g.Warning}} {
		if g.Flags>>octet.bit&1 != 0 {
			*octet.to = some(r.u8())
		}
	}
	if g.Flags&1 != 0 {
		g.Trend = some(r.sfloat())
	}
	if g.Flags&2 != 0 {
		g.Quality = some(r.sfloat())
	}
	if r.err == nil && len(r.b) == 2 {
		if got, want := r.u16(), crc16.MCRF4XX.Sum(raw[:len(raw)-2]); got != want {
			r.fail("the check of a record is %04X, not %04X", got, want)
		}
	}
	if err := r.end(); err != nil && c.err == nil {
		c.err = err
	}
	return g
}

// Measures implements Value. Their time is an offset from the beginning of the
// session, which another characteristic gives.
func (r *CGMRecords) Measures(to []Measure) []Measure {
	const wrong = 1<<0 | 1<<3 | 1<<5 // session stopped, sensor malfunction, general fault
	for _, g := range *r {
		if g.Concentration.OK() && g.Status.Value&wrong == 0 {
			to = append(to, Measure{Metric: "glucose", Value: math.Round(g.Concentration.Value*mmolPerMgDL*100) / 100, Unit: "mmol/L"})
		}
	}
	return to
}
