package tinyframe

// Field is one number of a message.
type Field struct {
	Name string
	Kind Kind
}

// Kind says how a field is carried.
type Kind uint8

// The kinds of fields, all little-endian.
const (
	F32  Kind = iota
	U32       // 4 bytes, or what the frame has: 2 or 1
	I32       //
	Bool      // a byte, or what the frame has; true where it is not 0
	U8
	Borders // four F32: left, right, front, back
)

// Message is what a type number means for one model.
type Message struct {
	Name   string
	Fields []Field
	// Each is the layout of the items behind a count, of a list of that name.
	Each []Field
	List string
	// Zones is how many numbers follow each other in the list List.
	Zones int
	// Result says that a frame of one byte is the answer to a command: how it
	// went.
	Result bool
}

// Read returns the fields of a frame by name; the frame may be an
// acknowledgement, which has none. Numbers that are no numbers are left out.
func (m Message) Read(f Frame) (map[string]any, error) {
	out := map[string]any{"type": f.Type}
	if m.Name != "" {
		out["name"] = m.Name
	}
	if len(f.Data) == 0 {
		return out, nil
	}
	at := 0
	switch {
	case m.Result && len(f.Data) == 1:
		out["result"] = f.Data[0]
		return out, nil
	case m.Each != nil:
		n, ok := m.count(f)
		if !ok {
			return nil, ErrShort
		}
		size := 4 * len(m.Each)
		items := []map[string]any{}
		for i := range n {
			item := map[string]any{}
			for k, field := range m.Each {
				read(item, field, f, 4+i*size+4*k)
			}
			items = append(items, item)
		}
		out[m.List] = items
		return out, nil
	case m.Zones > 0:
		if len(f.Data) < 4*m.Zones {
			return nil, ErrShort
		}
		zones := []uint32{}
		for i := range m.Zones {
			v, _ := f.Uint(4 * i)
			zones = append(zones, v)
		}
		out[m.List] = zones
		return out, nil
	}
	for _, field := range m.Fields {
		size := read(out, field, f, at)
		if size == 0 {
			return nil, ErrShort
		}
		at += size
	}
	return out, nil
}

// read puts one field into out and returns how many bytes it takes, 0 where
// they are not there.
func read(out map[string]any, field Field, f Frame, at int) int {
	switch field.Kind {
	case F32:
		v, ok := f.number(at)
		if !ok && len(f.Data) < at+4 {
			return 0
		}
		if ok {
			out[field.Name] = v
		}
		return 4
	case Borders:
		const n = 4
		borders := []float64{}
		for i := range n {
			v, ok := f.number(at + 4*i)
			if !ok {
				return 0
			}
			borders = append(borders, v)
		}
		out[field.Name] = borders
		return 4 * n
	case U8:
		if len(f.Data) <= at {
			return 0
		}
		out[field.Name] = uint32(f.Data[at])
		return 1
	}
	v, ok := f.Uint(at)
	switch {
	case !ok:
		return 0
	case field.Kind == Bool:
		out[field.Name] = v != 0
	case field.Kind == I32:
		out[field.Name] = int32(v)
	default:
		out[field.Name] = v
	}
	return min(4, len(f.Data)-at)
}
