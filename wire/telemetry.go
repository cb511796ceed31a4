package wire

import (
	"fmt"
	"math"
	"slices"

	"osmanthus/care"
)

// Telemetry is one batch of readings of one gateway.
type Telemetry struct {
	Boot        uint64 // the run of the agent that sensed them
	Seq         uint64 // 1, 2, 3 … within the boot
	TimeQuality care.TimeQuality
	Readings    []care.Reading // grouped by series, in order of time, after decoding
}

// telemetryBody is Telemetry as wire.cddl has it. Its columns stand in it as
// they are, or packed.
type telemetryBody struct {
	header
	Seq         uint64 `cbor:"2,keyasint"`
	TimeQuality uint64 `cbor:"4,keyasint"`
	columns
	Packed []byte `cbor:"8,keyasint,omitempty"`
}

// columns are the readings by series.
type columns struct {
	Base      int64    `cbor:"3,keyasint,omitempty"`
	Residents []string `cbor:"5,keyasint,omitempty"`
	Sources   []string `cbor:"6,keyasint,omitempty"`
	Series    []series `cbor:"7,keyasint,omitempty"`
}

type series struct {
	Resident  uint64   `cbor:"1,keyasint,omitempty"`
	Source    uint64   `cbor:"2,keyasint,omitempty"`
	Metric    uint64   `cbor:"3,keyasint"`
	Digits    uint64   `cbor:"4,keyasint,omitempty"`
	Start     uint64   `cbor:"5,keyasint,omitempty"`
	Step      uint64   `cbor:"6,keyasint,omitempty"`
	Deltas    []uint64 `cbor:"7,keyasint,omitempty"`
	Values    []int64  `cbor:"8,keyasint"`
	Quality   uint64   `cbor:"9,keyasint,omitempty"`
	Qualities []byte   `cbor:"10,keyasint,omitempty"`
	Flags     []byte   `cbor:"11,keyasint,omitempty"`
}

// maxScaled is the largest integer that a float64 holds exactly.
const maxScaled = 1 << 53

// Encodable reports why a reading cannot be carried: its value is not a number
// or too large, or an id is malformed. Whoever batches asks before.
func Encodable(r care.Reading) error {
	if !finite(r.Value) || math.Abs(r.Value)*math.Pow10(digits(r.Metric)) > maxScaled {
		return fmt.Errorf("wire: reading of %s: value %v cannot be carried", r.Metric, r.Value)
	}
	if r.Resident != "" && !ValidID(string(r.Resident)) || !ValidID(string(r.Source)) {
		return fmt.Errorf("wire: reading of %s: malformed id %q or %q", r.Metric, clip(string(r.Resident)), clip(string(r.Source)))
	}
	if ms := millis(r.At); ms < minMillis || ms > maxMillis {
		return fmt.Errorf("wire: reading of %s: time %v cannot be carried", r.Metric, r.At)
	}
	return nil
}

func digits(m care.Metric) int {
	if info, ok := m.Info(); ok {
		return info.Digits
	}
	return 3
}

type seriesKey struct {
	resident care.ResidentID
	source   care.SourceID
	metric   care.Metric
}

// EncodeTelemetry writes a batch. Values are carried with the digits of their
// metric, times to the millisecond; where two readings of one series share a
// millisecond the later one is stamped one on, so that the store keeps both.
func EncodeTelemetry(t Telemetry) ([]byte, error) {
	if len(t.Readings) == 0 || len(t.Readings) > MaxReadings {
		return nil, fmt.Errorf("wire: telemetry of %d readings, 1 to %d are carried", len(t.Readings), MaxReadings)
	}
	body := telemetryBody{header: header{Version, t.Boot}, Seq: t.Seq, TimeQuality: uint64(t.TimeQuality)}
	body.Base = millis(t.Readings[0].At)
	groups := map[seriesKey][]care.Reading{}
	var order []seriesKey
	for _, r := range t.Readings {
		if err := Encodable(r); err != nil {
			return nil, err
		}
		body.Base = min(body.Base, millis(r.At))
		k := seriesKey{r.Resident, r.Source, r.Metric}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], r)
	}
	residents, sources := table{}, table{}
	for _, k := range order {
		rs := groups[k]
		slices.SortStableFunc(rs, func(a, b care.Reading) int { return a.At.Compare(b.At) })
		s := column(rs, body.Base)
		s.Resident, s.Source, s.Metric = residents.index(string(k.resident)), sources.index(string(k.source)), uint64(k.metric)
		body.Series = append(body.Series, s)
	}
	body.Residents, body.Sources = residents.names, sources.names
	b, err := encMode.Marshal(body)
	if err == nil && len(b) > MaxMessage {
		err = fmt.Errorf("%d bytes, at most %d are carried", len(b), MaxMessage)
	}
	if err == nil && len(b) > packFrom {
		err = body.pack()
		if packed, packErr := encMode.Marshal(body); packErr == nil && len(packed) < len(b) {
			b = packed
		}
	}
	if err != nil {
		return nil, fmt.Errorf("wire: encoding telemetry: %w", err)
	}
	return b, nil
}

// table gives each string a small number, in order of first use.
type table struct{ names []string }

func (t *table) index(name string) uint64 {
	i := slices.Index(t.names, name)
	if i < 0 {
		i = len(t.names)
		t.names = append(t.names, name)
	}
	return uint64(i)
}

// column packs the readings of one series, which are in order of time.
func column(rs []care.Reading, base int64) series {
	n := digits(rs[0].Metric)
	s := series{Digits: uint64(n), Quality: uint64(rs[0].Quality)}
	scale := math.Pow10(n)
	var at, value int64
	sameQuality, flagged := true, false
	for i, r := range rs {
		ms := millis(r.At)
		if i == 0 {
			s.Start = uint64(ms - base)
		} else {
			ms = max(ms, at+1)
			s.Deltas = append(s.Deltas, uint64(ms-at))
		}
		at = ms
		v := int64(math.Round(r.Value * scale))
		s.Values = append(s.Values, v-value)
		value = v
		sameQuality = sameQuality && r.Quality == rs[0].Quality
		flagged = flagged || r.Flags != 0
		s.Qualities = append(s.Qualities, byte(r.Quality))
		s.Flags = append(s.Flags, byte(r.Flags))
	}
	if steady(s.Deltas) {
		s.Step, s.Deltas = s.Deltas[0], nil
	}
	if sameQuality {
		s.Qualities = nil
	} else {
		s.Quality = 0
	}
	if !flagged {
		s.Flags = nil
	}
	return s
}

func steady(deltas []uint64) bool {
	for _, d := range deltas {
		if d != deltas[0] {
			return false
		}
	}
	return len(deltas) > 0
}

// DecodeTelemetry reads a batch, of this version or a later one.
func DecodeTelemetry(b []byte) (Telemetry, error) {
	const what = "telemetry"
	var body telemetryBody
	if err := decode(what, b, &body); err != nil {
		return Telemetry{}, err
	}
	if err := body.unpack(); err != nil {
		return Telemetry{}, err
	}
	if err := checkTimeQuality(what, body.TimeQuality); err != nil {
		return Telemetry{}, err
	}
	if err := checkTime(what, "base time", body.Base); err != nil {
		return Telemetry{}, err
	}
	if body.Boot == 0 || body.Seq == 0 {
		return Telemetry{}, malformed(what, "no boot or no sequence number")
	}
	t := Telemetry{Boot: body.Boot, Seq: body.Seq, TimeQuality: care.TimeQuality(body.TimeQuality)}
	for i := range body.Series {
		if err := body.expand(&t, &body.Series[i]); err != nil {
			return Telemetry{}, fmt.Errorf("%w (series %d)", err, i)
		}
	}
	if len(t.Readings) == 0 {
		return Telemetry{}, malformed(what, "no readings")
	}
	return t, nil
}

// expand appends the readings of one series to t.
func (body *telemetryBody) expand(t *Telemetry, s *series) error {
	const what = "telemetry"
	if err := s.check(len(body.Residents), len(body.Sources)); err != nil {
		return err
	}
	if len(t.Readings)+len(s.Values) > MaxReadings {
		return malformed(what, "more than %d readings", MaxReadings)
	}
	r := care.Reading{
		Resident: care.ResidentID(body.Residents[s.Resident]),
		Source:   care.SourceID(body.Sources[s.Source]),
		Metric:   care.Metric(s.Metric),
	}
	if err := checkID(what, "resident", r.Resident, true); err != nil {
		return err
	}
	if err := checkID(what, "source", r.Source, false); err != nil {
		return err
	}
	scale := math.Pow10(int(s.Digits))
	at, value := body.Base+int64(s.Start), int64(0)
	for i, delta := range s.Values {
		if i > 0 {
			at += int64(s.delta(i))
		}
		value += delta
		if value > maxScaled || value < -maxScaled {
			return malformed(what, "value %d is too large", value)
		}
		if err := checkTime(what, "time of a reading", at); err != nil {
			return err
		}
		r.Value, r.At, r.Quality, r.Flags = float64(value)/scale, fromMillis(at), care.Quality(s.Quality), 0
		if s.Qualities != nil {
			r.Quality = care.Quality(s.Qualities[i])
		}
		if s.Flags != nil {
			r.Flags = care.Flags(s.Flags[i])
		}
		if r.Quality > 100 {
			return malformed(what, "quality %d, at most 100", r.Quality)
		}
		t.Readings = append(t.Readings, r)
	}
	return nil
}

func (s *series) delta(i int) uint64 {
	if s.Deltas != nil {
		return s.Deltas[i-1]
	}
	return s.Step
}

// check makes sure that no index, length or sum of s can go astray.
func (s *series) check(residents, sources int) error {
	const what = "telemetry"
	n := len(s.Values)
	switch {
	case n == 0:
		return malformed(what, "a series without values")
	case s.Resident >= uint64(residents) || s.Source >= uint64(sources):
		return malformed(what, "resident %d or source %d is not in its table", s.Resident, s.Source)
	case s.Metric == 0 || s.Metric > math.MaxUint16:
		return malformed(what, "metric %d", s.Metric)
	case s.Digits > 9:
		return malformed(what, "%d decimal digits, at most 9", s.Digits)
	case s.Start > maxMillis || s.Step > maxMillis:
		return malformed(what, "a time step beyond all years")
	case s.Deltas != nil && len(s.Deltas) != n-1:
		return malformed(what, "%d time steps for %d values", len(s.Deltas), n)
	case s.Deltas == nil && s.Step == 0 && n > 1:
		return malformed(what, "%d values without time steps", n)
	case s.Qualities != nil && len(s.Qualities) != n, s.Flags != nil && len(s.Flags) != n:
		return malformed(what, "qualities or flags do not match %d values", n)
	case s.Quality > 100:
		return malformed(what, "quality %d, at most 100", s.Quality)
	}
	for _, d := range s.Deltas {
		if d > maxMillis {
			return malformed(what, "a time step beyond all years")
		}
	}
	for _, v := range s.Values {
		if v > 2*maxScaled || v < -2*maxScaled {
			return malformed(what, "a value step of %d", v)
		}
	}
	return nil
}
