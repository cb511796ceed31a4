package radar

import (
	"encoding/binary"
	"math"

	"osmanthus/drivers/ld2410"
	"osmanthus/drivers/tinyframe"
)

// Settings are what a module has to know of its place. Zero leaves what it has.
type Settings struct {
	HeightM float64 // above the floor, of modules that see falls: 1 to 5
	RangeM  float64 // beyond which nobody counts, of a LD2410: 2.25 to 6
}

// setting is one that has to hold. It is asked for, told where it differs, and
// asked for again.
type setting struct {
	ask []byte
	// differs takes what the module has, and returns what to tell it; nil where it
	// is as wanted.
	differs func(has []byte) (tell []byte)
	told    bool
	holds   bool
}

// has takes what the module says it has, and returns what to tell it.
func (s *setting) has(b []byte) []byte {
	if s == nil || s.holds {
		return nil
	}
	tell := s.differs(b)
	if s.holds = tell == nil; s.holds || s.told {
		return tell
	}
	s.told = true // at once whether it took it; later only as often as it is asked
	return append(tell, s.ask...)
}

// Types of a module that sees falls.
const (
	installHeight  = 0x0E04
	fallParameters = 0x0E06
)

// height is that of a module that sees falls, by its parameters: the height is
// the first of them.
func height(metres float64) *setting {
	return &setting{ask: parameters, differs: func(has []byte) []byte {
		if v, ok := (tinyframe.Frame{Data: has}).Float(0); ok && math.Abs(v-metres) < 0.005 {
			return nil
		}
		data := binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(metres)))
		return tinyframe.Frame{Type: installHeight, Data: data}.Append(nil)
	}}
}

// gateM is the depth of a gate of a LD2410 as it is sold.
const gateM = 0.75

// farthest is the farthest gate of a LD2410, by its parameters: head, how many
// gates, farthest moving and still, the sensitivities, seconds.
func farthest(metres float64) *setting {
	gate := byte(min(max(math.Ceil(metres/gateM)-1, 1), 8))
	return &setting{ask: configured(ld2410.Command(ld2410.ReadParameters, nil)), differs: func(has []byte) []byte {
		switch {
		case len(has) < 6 || has[0] != 0xAA:
			return []byte{} // nothing that can be read: it is asked again
		case has[2] == gate && has[3] == gate:
			return nil
		}
		value := make([]byte, 18)
		value[6], value[12] = 1, 2
		value[2], value[8] = gate, gate
		copy(value[14:], has[len(has)-2:]) // for how long somebody is taken to stay: as it is
		return configured(ld2410.Command(ld2410.SetLimits, value))
	}}
}

// configured is a command in configuration mode, in which nothing is reported.
func configured(command []byte) []byte {
	b := append(ld2410.Command(ld2410.EnableConfig, []byte{1, 0}), command...)
	return append(b, ld2410.Command(ld2410.EndConfig, nil)...)
}

// byHeight is the setting of modules that see falls.
func byHeight(s Settings) *setting {
	if s.HeightM == 0 {
		return nil
	}
	return height(s.HeightM)
}

// byRange is the setting of a LD2410.
func byRange(s Settings) *setting {
	if s.RangeM == 0 {
		return nil
	}
	return farthest(s.RangeM)
}
