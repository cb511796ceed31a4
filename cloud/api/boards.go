package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"osmanthus/care"
)

func (a *API) readBoard(ctx context.Context, _ *none) (*body[Board], error) {
	all, err := a.deps.Residents.Residents(ctx)
	if err != nil {
		return nil, err
	}
	return answer(a.board(ctx, all))
}

// board gathers what is known now about the given residents.
func (a *API) board(ctx context.Context, all []Resident) (Board, error) {
	open, err := a.deps.Alarms.Alarms(ctx, AlarmFilter{OpenOnly: true})
	if err != nil {
		return Board{}, err
	}
	gateways, err := a.deps.Gateways.Gateways(ctx)
	if err != nil {
		return Board{}, err
	}
	slices.SortStableFunc(open, byUrgency)
	b := Board{Now: time.Now().UTC(), Site: a.opts.Site, Residents: []BoardResident{}, Alarms: orEmpty(open), Gateways: orEmpty(gateways), LittleWorn: []string{}}
	worn := map[string]float64{}
	for _, r := range all {
		readings := a.deps.Latest.Latest(r.ID)
		t := BoardResident{Resident: r, Vitals: vitals(readings, b.Now), Signs: signs(readings, b.Now), BedOccupied: bedOccupied(readings, b.Now),
			OpenAlarms: []int64{}, Watched: watched(r, readings, open, gateways, b.Now)}
		for _, o := range open {
			if o.Resident == r.ID {
				t.OpenAlarms = append(t.OpenAlarms, o.ID)
			}
		}
		if share, ok := wornWeek(readings, b.Now); ok && share < littleWorn {
			worn[r.ID] = share
			b.LittleWorn = append(b.LittleWorn, r.ID)
		}
		b.Residents = append(b.Residents, t)
	}
	slices.SortStableFunc(b.LittleWorn, func(x, y string) int { return cmp.Compare(worn[x], worn[y]) })
	return b, nil
}

// littleWorn is the share of a week, in %, below which a band protects hardly
// anybody.
const littleWorn = 50

// wornWeek returns how much of the week a band was worn, and false of a resident
// without one, or of whom nothing was heard lately.
func wornWeek(readings []Reading, now time.Time) (float64, bool) {
	for _, r := range readings {
		if r.Metric == care.WornWeek.String() && now.Sub(r.At) <= freshFor(care.WornWeek) {
			return r.Value, true
		}
	}
	return 0, false
}

// byUrgency orders alarms: higher priority first, within it what still rings,
// within that the longest waiting. Suspicions come last.
func byUrgency(x, y Alarm) int {
	return cmp.Or(cmp.Compare(rank(x), rank(y)), x.RaisedAt.Compare(y.RaisedAt), cmp.Compare(x.ID, y.ID))
}

func rank(a Alarm) int {
	r := map[string]int{"high": 0, "medium": 2, "low": 4}[a.Priority]
	switch a.State {
	case "suspected":
		r += 6
	case "acknowledged", "on_site":
		r++
	}
	return r
}

// vitals turns the latest readings into what may be shown: a stale value stays
// visible with its age, and is marked.
func vitals(readings []Reading, now time.Time) []Vital {
	// The bed has its own field.
	return shown(readings, now, func(m care.Metric) bool { return m < 100 })
}

// signs turns the latest readings into what is known of the rooms and of a band:
// where somebody is, what is open, and how the air is.
func signs(readings []Reading, now time.Time) []Vital {
	return shown(readings, now, func(m care.Metric) bool {
		return m >= care.Motion && m < care.SkinContact || m == care.FallDetected || m == care.WearState || m == care.WornWeek
	})
}

func shown(readings []Reading, now time.Time, wanted func(care.Metric) bool) []Vital {
	out := []Vital{}
	for _, r := range readings {
		m, ok := care.MetricByName(r.Metric)
		if !ok || !wanted(m) {
			continue
		}
		info, _ := m.Info()
		value, at, age := r.Value, r.At.UTC(), now.Sub(r.At)
		out = append(out, Vital{Metric: r.Metric, Unit: info.Unit, Value: &value, Quality: r.Quality, At: &at,
			AgeS: max(0, age.Seconds()), Stale: age > freshFor(m), Implausible: r.Implausible})
	}
	return out
}

// freshFor is how long a value may be shown as the present one. Spot values,
// taken by hand or a few times a day, stay true for longer.
func freshFor(m care.Metric) time.Duration {
	switch m {
	case care.BodyTemperature, care.Systolic, care.Diastolic, care.MeanPressure:
		return 12 * time.Hour
	case care.Glucose:
		return 4 * time.Hour
	case care.WornWeek: // is said every hour, of a week
		return 24 * time.Hour
	case care.BodyWeight, care.BodyHeight, care.BodyMassIndex, care.BodyFat:
		return 7 * 24 * time.Hour
	}
	return 90 * time.Second
}

func bedOccupied(readings []Reading, now time.Time) *bool {
	for _, r := range readings {
		if r.Metric == care.BedOccupancy.String() && now.Sub(r.At) <= freshFor(care.BedOccupancy) {
			in := r.Value >= 0.5
			return &in
		}
	}
	return nil
}

// watched says whether this resident is protected now. Silence is never
// reassuring: without proof that somebody watches, nobody does.
func watched(r Resident, readings []Reading, open []Alarm, gateways []Gateway, now time.Time) Watched {
	if r.Gateway == "" {
		return Watched{Reason: "no_gateway"}
	}
	i := slices.IndexFunc(gateways, func(g Gateway) bool { return g.ID == r.Gateway })
	if i < 0 || !gateways[i].Online {
		return Watched{Reason: "gateway_lost"}
	}
	for _, o := range open {
		if o.Resident != r.ID || o.ConditionEndedAt != nil {
			continue
		}
		switch o.Kind {
		case "source_stale", "sensor_fault", "line_fault", "not_worn":
			return Watched{Reason: o.Kind}
		}
	}
	for _, x := range readings {
		if now.Sub(x.At) <= lasts(x) && proves(x) {
			return Watched{Protected: true}
		}
	}
	return Watched{Reason: "no_data"}
}

// lasts is how long a reading may prove that somebody watches. A contact or a
// motion sensor by radio that rests speaks every ten minutes; one that should
// speak more often and does not is an open alarm, and that counts first.
func lasts(r Reading) time.Duration {
	m, _ := care.MetricByName(r.Metric)
	switch m {
	case care.Motion, care.Door, care.Flush, care.Seat, care.Presence:
		return 11 * time.Minute
	}
	return 3 * time.Minute
}

// proves reports whether a reading shows that something watches the person.
// That a sensor is silent, or feels nobody, is news as well, and a chip may work
// in a drawer. A score is made of values that were measured before, and what
// somebody entered was measured by no sensor.
//
// What is not named here proves nothing: that a room is warm, a battery full and
// a smoke detector at rest says nothing about the person.
func proves(r Reading) bool {
	if r.Implausible {
		return false
	}
	m, _ := care.MetricByName(r.Metric)
	switch m {
	case care.CallLine:
		return r.Value == care.CallLineNormal || r.Value == care.CallLinePressed
	case care.SkinContact:
		return r.Value > 0
	case care.WearState:
		return r.Value == care.WearWorn
	case care.HeartRate, care.PulseRate, care.SpO2, care.RespiratoryRate, care.BodyTemperature,
		care.Systolic, care.Diastolic, care.MeanPressure, care.PerfusionIndex,
		care.BedOccupancy, care.BedPad, care.BedPosture, care.Activity,
		care.Motion, care.Door, care.Flush, care.Seat, care.Presence:
		return true
	}
	return false
}
