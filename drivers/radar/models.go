package radar

import (
	"io"
	"time"

	"osmanthus/drivers/ld2410"
	"osmanthus/drivers/ld6002"
	"osmanthus/drivers/mr60bha2"
	"osmanthus/drivers/mr60fda2"
	"osmanthus/drivers/r60"
	"osmanthus/drivers/tinyframe"
)

// Times within which a module must be heard. One that streams does so several
// times a second; the others are asked.
const (
	streams = 5 * time.Second
	asked   = 20 * time.Second
)

// Models returns the table of the modules that can be run.
func Models() []Model {
	return []Model{
		{
			// Configuration mode, in which it reports nothing, may have been left on.
			Name: "ld2410", Bauds: []int{256000, 115200, 460800, 9600}, Every: streams,
			hello: ld2410.Command(ld2410.EndConfig, nil), decode: newLD2410, set: byRange,
		},
		// Breath and heart come by themselves.
		{Name: "ld6002", Bauds: []int{1382400, 115200, 256000}, Every: streams, decode: tiny(ld6002.LD6002)},
		{Name: "ld6002b", Bauds: []int{115200}, Every: streams, decode: tiny(ld6002.LD6002B)},
		{Name: "ld6002c", Bauds: []int{115200}, Every: asked, ask: parameters, decode: tiny(ld6002.LD6002C), set: byHeight},
		{Name: "mr60bha1", Bauds: []int{115200}, Every: asked, hello: states, ask: states, decode: newR60},
		{Name: "mr60bha2", Bauds: []int{115200}, Every: streams, decode: tiny(mr60bha2.Model)},
		{Name: "mr60fda2", Bauds: []int{115200}, Every: asked, ask: parameters, decode: tiny(mr60fda2.Model), set: byHeight},
		{Name: "r60abd1", Bauds: []int{115200}, Every: asked, hello: states, ask: states, decode: newR60},
	}
}

// ByName finds a model.
func ByName(name string) (Model, bool) {
	for _, m := range Models() {
		if m.Name == name {
			return m, true
		}
	}
	return Model{}, false
}

var (
	// parameters asks a module that sees falls for its settings: it is silent
	// while nothing happens.
	parameters = tinyframe.Frame{Type: 0x0E06}.Append(nil)
	// states asks for presence, movement and bed of a module that says only what
	// changes.
	states = r60.Query(0x84, 0x01).Append(r60.Query(0x80, 0x02).Append(r60.Query(0x80, 0x01).Append(nil)))
)

// teller is what settings make a stream tell its module.
type teller struct {
	set  *setting
	tell []byte
}

func (t *teller) answer() []byte {
	b := t.tell
	t.tell = nil
	return b
}

type ld2410Stream struct {
	teller
	dev *ld2410.Dev
}

func newLD2410(port io.ReadWriter, set *setting) decoder {
	return &ld2410Stream{teller{set: set}, ld2410.New(port)}
}

func (s *ld2410Stream) received() uint64 { return s.dev.Received() }

func (s *ld2410Stream) sense(f *Frame) error {
	return s.dev.Sense(func(in ld2410.Frame) {
		if f.Frames++; in.Err != nil {
			f.Malformed++
		}
		if a := in.Ack; a != nil && a.Command == ld2410.ReadParameters && a.Status == 0 {
			s.tell = s.set.has(a.Value)
		}
		f.Measures = in.Measures(f.Measures)
	})
}

type tinyStream struct {
	teller
	model tinyframe.Model
	port  *tinyframe.Port
}

func tiny(m tinyframe.Model) func(io.ReadWriter, *setting) decoder {
	return func(port io.ReadWriter, set *setting) decoder {
		return &tinyStream{teller{set: set}, m, tinyframe.NewPort(port)}
	}
}

func (s *tinyStream) received() uint64 { return s.port.Received() }

func (s *tinyStream) sense(f *Frame) error {
	return s.port.Sense(func(in tinyframe.Frame) {
		f.Frames++
		if in.Type == fallParameters && len(in.Data) > 4 { // not the acknowledgement
			s.tell = s.set.has(in.Data)
		}
		f.Measures = s.model.Measures(in, f.Measures)
	})
}

type r60Stream struct{ dev *r60.Dev }

func newR60(port io.ReadWriter, _ *setting) decoder { return r60Stream{r60.New(port)} }

func (s r60Stream) answer() []byte { return nil }

func (s r60Stream) received() uint64 { return s.dev.Received() }

func (s r60Stream) sense(f *Frame) error {
	return s.dev.Sense(func(in r60.Frame) {
		f.Frames++
		f.Measures = in.Measures(f.Measures)
	})
}
