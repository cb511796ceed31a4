package senml

import (
	"math"
	"strings"
	"time"

	"osmanthus/care"
)

// units is what a unit of SenML means where the name of a record does not say
// it: the metric, and the factor to its unit.
var units = map[string]struct {
	metric care.Metric
	factor float64
}{
	"beat/min": {care.HeartRate, 1},
}

// Reading returns the record as a reading of a source, received at a time, and
// false where it is none of ours. The last part of its name is the name of the
// metric; where it is not, the unit tells it.
func (o *Resolved) Reading(resident care.ResidentID, source care.SourceID, received time.Time) (care.Reading, bool) {
	v := o.Value
	if v == nil && o.Bool != nil {
		v = new(float64)
		if *o.Bool {
			*v = 1
		}
	}
	if v == nil {
		return care.Reading{}, false
	}
	at := received.Add(time.Duration(o.Time * float64(time.Second)))
	if !o.Relative {
		s, frac := math.Modf(o.Time)
		at = time.Unix(int64(s), int64(frac*1e9)).UTC()
	}
	if m, ok := care.MetricByName(o.Name[strings.LastIndexAny(o.Name, ":/.")+1:]); ok {
		return care.NewReading(resident, source, m, *v, 100, at), true
	}
	if u, ok := units[o.Unit]; ok {
		return care.NewReading(resident, source, u.metric, *v*u.factor, 100, at), true
	}
	return care.Reading{}, false
}
