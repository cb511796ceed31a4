package probe

import (
	"fmt"

	"osmanthus/drivers/ld2410"
	"osmanthus/drivers/ld6002"
	"osmanthus/drivers/mr60bha2"
	"osmanthus/drivers/mr60fda2"
	"osmanthus/drivers/r60"
	"osmanthus/drivers/tinyframe"
)

// streams is the table of serial modules whose streams decode reads.
var streams = map[string]func(b []byte) (frames []map[string]any, readings []any, bad string){
	"ld2410":   readLD2410,
	"ld6002":   readTinyFrame(ld6002.LD6002),
	"ld6002b":  readTinyFrame(ld6002.LD6002B),
	"ld6002c":  readTinyFrame(ld6002.LD6002C),
	"mr60bha2": readTinyFrame(mr60bha2.Model),
	"mr60fda2": readTinyFrame(mr60fda2.Model),
	"mr60bha1": readR60,
	"r60abd1":  readR60,
}

// decodeFrame reads a stretch of a stream. Its frames stand in a list; where
// there is one only, its fields stand beside it, too.
func decodeFrame(module, stream string) (answer, error) {
	read, ok := streams[module]
	if !ok {
		return answer{}, fmt.Errorf("module %q is not known", module)
	}
	b, err := unhex(stream)
	if err != nil {
		return answer{}, err
	}
	frames, readings, bad := read(b)
	fields := map[string]any{"frames": frames}
	if frames == nil {
		fields["frames"] = []any{}
	}
	if len(frames) == 1 {
		for name, v := range frames[0] {
			fields[name] = v
		}
	}
	a := answer{Readings: readings, Fields: fields}
	if len(frames) == 0 {
		if a.Error = bad; bad == "" {
			a.Error = "no whole frame"
		}
	}
	return a, nil
}

func readLD2410(b []byte) (frames []map[string]any, readings []any, bad string) {
	d := ld2410.New(nil)
	d.Push(b, func(f ld2410.Frame) {
		frames = append(frames, f.Fields())
		for _, v := range f.Measures(nil) {
			readings = append(readings, v)
		}
	})
	return frames, readings, ""
}

func readTinyFrame(m tinyframe.Model) func([]byte) ([]map[string]any, []any, string) {
	return func(b []byte) (frames []map[string]any, readings []any, bad string) {
		p := tinyframe.NewPort(nil)
		p.Push(b, func(f tinyframe.Frame) {
			fields, err := m.Read(f)
			if err != nil {
				fields = map[string]any{"type": f.Type, "error": err.Error()}
			}
			frames = append(frames, fields)
			for _, v := range m.Measures(f, nil) {
				readings = append(readings, v)
			}
		})
		if p.Bad() > 0 {
			bad = "checksum"
		}
		return frames, readings, bad
	}
}

func readR60(b []byte) (frames []map[string]any, readings []any, bad string) {
	r60.New(nil).Push(b, func(f r60.Frame) {
		fields, err := f.Fields()
		if err != nil {
			fields = map[string]any{"ctrl": f.Control, "cmd": f.Command, "error": err.Error()}
		}
		frames = append(frames, fields)
		for _, v := range f.Measures(nil) {
			readings = append(readings, v)
		}
	})
	return frames, readings, ""
}
