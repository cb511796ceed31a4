package r60

import (
	"encoding/binary"
	"encoding/hex"
)

// field is what the data of a command are called, and how they are read.
type field struct {
	name string
	kind kind
	of   []string // names of an enumeration
}

type kind uint8

const (
	u8 kind = iota
	u16
	yes      // 1 is true
	enum     // by its names
	wave     // five samples around 128
	position // three distances in sign and magnitude
)

var activity = []string{"none", "still", "active"}

// fields is the table of what comes from a module, by control and command.
var fields = map[[2]uint8]field{
	{0x05, 0x01}: {name: "initialised", kind: yes},
	{0x80, 0x00}: {name: "presence_function", kind: yes},
	{0x80, 0x01}: {name: "presence", kind: yes},
	{0x80, 0x02}: {name: "motion", kind: enum, of: activity},
	{0x80, 0x03}: {name: "body_movement", kind: u8},
	{0x80, 0x04}: {name: "distance_cm", kind: u16},
	{0x80, 0x05}: {name: "position", kind: position},
	{0x81, 0x01}: {name: "breath_state", kind: enum, of: []string{1: "normal", 2: "high", 3: "low", 4: "none"}},
	{0x81, 0x02}: {name: "breath_rate", kind: u8},
	{0x81, 0x05}: {name: "breath_wave", kind: wave},
	{0x84, 0x01}: {name: "in_bed", kind: enum, of: []string{"out", "in", "none"}},
	{0x84, 0x02}: {name: "sleep_state", kind: enum, of: []string{"deep", "light", "awake", "none"}},
	{0x84, 0x03}: {name: "awake_min", kind: u16},
	{0x84, 0x04}: {name: "light_sleep_min", kind: u16},
	{0x84, 0x05}: {name: "deep_sleep_min", kind: u16},
	{0x84, 0x06}: {name: "sleep_score", kind: u8},
	{0x84, 0x0E}: {name: "sleep_abnormal", kind: enum, of: []string{"less_than_4_h", "more_than_12_h", "long_absence", "none"}},
	{0x84, 0x0F}: {name: "mode", kind: enum, of: []string{"real_time", "sleep"}},
	{0x84, 0x10}: {name: "sleep_rating", kind: enum, of: []string{"none", "good", "fair", "poor"}},
	{0x85, 0x02}: {name: "heart_rate", kind: u8},
	{0x85, 0x05}: {name: "heart_wave", kind: wave},
}

// Fields returns everything by name. A command that is not in the table has its
// data only.
func (f Frame) Fields() (map[string]any, error) {
	out := map[string]any{"ctrl": f.Control, "cmd": f.Command, "data": hex.EncodeToString(f.Data)}
	if f.Control == 0x84 && f.Command == 0x0C {
		return out, summary(out, f.Data, everyTenMinutes[:])
	}
	if f.Control == 0x84 && f.Command == 0x0D {
		return out, night(out, f.Data)
	}
	d, ok := fields[[2]uint8{f.Control, f.about()}]
	if !ok {
		return out, nil
	}
	size := map[kind]int{u8: 1, u16: 2, yes: 1, enum: 1, wave: 5, position: 6}[d.kind]
	if len(f.Data) < size {
		return nil, ErrShort
	}
	switch d.kind {
	case u8:
		out[d.name] = f.Data[0]
	case u16:
		out[d.name] = binary.BigEndian.Uint16(f.Data)
	case yes:
		out[d.name] = f.Data[0] == 1
	case enum:
		d.enumerate(out, f.Data[0])
	case wave:
		w := make([]int, 5)
		for i := range w {
			w[i] = int(f.Data[i]) - 128
		}
		out[d.name] = w
	case position:
		for i, axis := range []string{"x_cm", "y_cm", "z_cm"} {
			out[axis] = magnitude(binary.BigEndian.Uint16(f.Data[2*i:]))
		}
	}
	return out, nil
}

func (d field) enumerate(out map[string]any, v uint8) {
	switch {
	case d.name == "in_bed": // a word of three: in, out and nothing known
		if v <= 1 {
			out[d.name] = v == 1
		}
	case int(v) < len(d.of) && d.of[v] != "":
		out[d.name] = d.of[v]
	}
}

// magnitude reads sign and magnitude: bit 15 is the sign.
func magnitude(w uint16) int {
	if w&0x8000 != 0 {
		return -int(w & 0x7FFF)
	}
	return int(w)
}

var everyTenMinutes = [...]string{"presence", "sleep_state", "average_breath", "average_heart", "turns", "large_move_pct", "small_move_pct", "apnoea_count"}

func summary(out map[string]any, data []byte, names []string) error {
	if len(data) < len(names) {
		return ErrShort
	}
	for i, n := range names {
		out[n] = data[i]
	}
	return nil
}

// night is what comes when somebody has got up.
func night(out map[string]any, data []byte) error {
	const size = 12
	if len(data) < size {
		return ErrShort
	}
	out["sleep_score"], out["total_min"] = data[0], binary.BigEndian.Uint16(data[1:])
	return summary(out, data[3:], []string{"awake_pct", "light_pct", "deep_pct", "out_of_bed_min", "out_count", "turns", "average_breath", "average_heart", "apnoea_count"})
}
