package tinyframe

import "fmt"

// Model is a module: what its type numbers mean.
type Model struct {
	Name     string
	Messages map[uint16]Message
}

// Read returns the fields of a frame by name. A type that the model does not
// know has its number only.
func (m Model) Read(f Frame) (map[string]any, error) {
	message := m.Messages[f.Type]
	out, err := message.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s %04x: %w", m.Name, f.Type, err)
	}
	return out, nil
}

// Join makes a model of several tables; where they disagree, the first holds.
func Join(name string, tables ...map[uint16]Message) Model {
	m := Model{Name: name, Messages: map[uint16]Message{}}
	for _, t := range tables {
		for number, message := range t {
			if _, taken := m.Messages[number]; !taken {
				m.Messages[number] = message
			}
		}
	}
	return m
}

var firmware = Message{Name: "firmware", Fields: []Field{{"firmware", U32}}}

// Vital is the table of modules that see breath and heart.
func Vital() map[uint16]Message {
	target := []Field{{"x", F32}, {"y", F32}, {"dop", I32}, {"cluster", I32}}
	return map[uint16]Message{
		0x0A13: {Name: "phases", Fields: []Field{{"total", F32}, {"breath", F32}, {"heart", F32}}},
		0x0A14: {Name: "breath", Fields: []Field{{"breath_rate", F32}}},
		0x0A15: {Name: "heart", Fields: []Field{{"heart_rate", F32}}},
		0x0A16: {Name: "distance", Fields: []Field{{"valid", Bool}, {"distance_cm", F32}}},
		0x0F09: {Name: "presence", Fields: []Field{{"human_present", Bool}}},
		0x0A04: {Name: "targets", Each: target, List: "targets"},
		0x0A08: {Name: "points", Each: target, List: "points"},
		0xFFFF: firmware,
	}
}

// Fall is the table of modules that see falls.
func Fall() map[uint16]Message {
	area := []Field{{"xl", F32}, {"xr", F32}, {"zf", F32}, {"zb", F32}}
	return map[uint16]Message{
		0x0E01: {Name: "user_log", Fields: []Field{{"value", U32}}},
		0x0E02: {Name: "fall", Fields: []Field{{"is_fall", Bool}}},
		0x0E04: {Name: "install_height", Fields: []Field{{"height_m", F32}}, Result: true},
		0x0E06: {Name: "parameters", Fields: []Field{{"height_m", F32}, {"threshold_m", F32}, {"sensitivity", U32}, {"rect", Borders}}},
		0x0E08: {Name: "fall_threshold", Fields: []Field{{"threshold_m", F32}}, Result: true},
		0x0E0A: {Name: "fall_sensitivity", Fields: []Field{{"sensitivity", U32}}, Result: true},
		0x0E0C: {Name: "alarm_area", Fields: area, Result: true},
		0x0E0E: {Name: "target_height", Fields: []Field{{"height", U32}}},
		0x0F09: {Name: "presence", Fields: []Field{{"human_present", Bool}}},
		0x2110: {Name: "initialise"},
		0xFFFF: firmware,
	}
}

// Position is the table of modules that see where up to four people are.
func Position() map[uint16]Message {
	zone := []Field{{"x_min", F32}, {"x_max", F32}, {"y_min", F32}, {"y_max", F32}, {"z_min", F32}, {"z_max", F32}}
	return map[uint16]Message{
		0x0201: {Name: "command", Fields: []Field{{"command", I32}}},
		0x0202: {Name: "zone", Fields: append([]Field{{"id", I32}}, zone...)},
		0x0203: {Name: "set_hold_delay", Fields: []Field{{"seconds", U32}}},
		0x0204: {Name: "set_z_range", Fields: []Field{{"z_min", F32}, {"z_max", F32}}},
		0x0205: {Name: "set_sleep", Fields: []Field{{"milliseconds", U32}}},
		0x0A04: {Name: "targets", Each: []Field{{"x", F32}, {"y", F32}, {"z", F32}, {"dop", I32}, {"cluster", I32}}, List: "targets"},
		0x0A08: {Name: "points", Each: []Field{{"cluster", I32}, {"x", F32}, {"y", F32}, {"z", F32}, {"speed", F32}}, List: "points"},
		0x0A0A: {Name: "zones", Zones: 4, List: "zones"},
		0x0A0D: {Name: "hold_delay", Fields: []Field{{"seconds", U32}}},
		0x0A0E: {Name: "sensitivity", Fields: []Field{{"sensitivity", U8}}},
		0x0A0F: {Name: "trigger", Fields: []Field{{"trigger", U8}}},
		0x0A10: {Name: "z_range", Fields: []Field{{"z_min", F32}, {"z_max", F32}}},
		0x0A11: {Name: "mount", Fields: []Field{{"mount", U8}}},
		0x0A12: {Name: "low_power", Fields: []Field{{"low_power", U8}}},
		0x0A13: {Name: "sleep", Fields: []Field{{"milliseconds", U32}}},
		0x0A14: {Name: "mode", Fields: []Field{{"mode", U8}}},
		0xFFFF: firmware,
	}
}
