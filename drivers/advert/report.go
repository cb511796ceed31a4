package advert

import (
	"fmt"
	"strconv"
)

// Report is what an advertisement says.
type Report struct {
	Format string // as in the table of formats
	Maker  string // "" where it is not known
	Model  string
	Values []Value
	// Packet numbers the advertisement, so that its repetitions are known; it
	// has Bits bits. 0 bits: it has no number.
	Packet uint32
	Bits   int
	// Encrypted says that it was sent encrypted, Verified that the key fits.
	// Without a key, or with a wrong one, there are no values.
	Encrypted, Verified bool
}

// Value is one quantity, state or event.
type Value struct {
	Name   string // as in the table of the format
	Index  int    // of several with one name: 1, 2, 3 …; 0 for the only one
	Kind   ValueKind
	Number float64 // 0 or 1 for a state
	Text   string  // of an event or a text
	Unit   string  // UCUM, of a quantity
	// Metric is what it means for a home where its name does not say so: the
	// temperature of a body, not of a room.
	Metric string
	Factor float64 // to the metric's unit, 0 for 1
}

// ValueKind says what a value is.
type ValueKind uint8

// The kinds of values.
const (
	Quantity ValueKind = iota
	State              // yes or no
	Event              // something happened: Text says what, Number how often or far
	Text
)

// Key returns the name, with the index of several: "temperature_2".
func (v Value) Key() string {
	if v.Index == 0 {
		return v.Name
	}
	return v.Name + "_" + strconv.Itoa(v.Index)
}

// Any returns what the value is, as JSON knows it.
func (v Value) Any() any {
	switch v.Kind {
	case State:
		return v.Number != 0
	case Event, Text:
		return v.Text
	}
	return v.Number
}

// Find returns the first value of a name.
func (r *Report) Find(name string) (Value, bool) {
	for _, v := range r.Values {
		if v.Name == name {
			return v, true
		}
	}
	return Value{}, false
}

// Fields returns everything by name, for people and tests.
func (r *Report) Fields() map[string]any {
	out := map[string]any{"format": r.Format}
	if r.Maker != "" {
		out["manufacturer"] = r.Maker
	}
	if r.Model != "" {
		out["model"] = r.Model
	}
	if r.Bits > 0 {
		out["packet_id"] = r.Packet
	}
	if r.Encrypted {
		out["encrypted"], out["bindkey_verified"], out["decryption_failed"] = true, r.Verified, !r.Verified
	}
	for _, v := range r.Values {
		out[v.Key()] = v.Any()
		if v.Kind == Event && v.Number != 0 {
			out[v.Key()+"_steps"] = v.Number
		}
	}
	return out
}

// number gives several values of one name their index.
func (r *Report) number() {
	for i := range r.Values {
		if r.Values[i].Index != 0 {
			continue
		}
		n := 1
		for k := i + 1; k < len(r.Values); k++ {
			if r.Values[k].Name == r.Values[i].Name {
				n++
				r.Values[k].Index = n
			}
		}
		if n > 1 {
			r.Values[i].Index = 1
		}
	}
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}
