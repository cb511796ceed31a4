package advert

import (
	"slices"
	"strings"
)

// family is a device as a description: what its advertisements look like, and
// which bytes are what.
type family struct {
	maker, model string
	service      uint32 // the service data that it sends, 0 for none
	company      uint16 // the manufacturer's data that it sends
	// free says that the company's two bytes are data of the maker's own: the
	// bytes are counted from them.
	free   bool
	names  []string // how its name begins; none: any
	lists  uint16   // a service that it lists, 0 for any
	sizes  []int    // of its data; none: any
	least  int      // bytes of its data
	own    bool     // its address stands in it from the fifth byte on
	is     []byteIs // what stands in it
	fields []place
	more   func(r *Report, a *Advert, b []byte) error // what no description says
}

// serviceZero stands for the service data of the number 0, which some send
// although no service has it.
const serviceZero = 1 << 16

// byteIs is a byte that a device always sends.
type byteIs struct {
	at    int
	value byte
}

// place is where one field stands: value = (raw & mask >> shift) / div + add.
type place struct {
	name        string
	at, size    int
	big, signed bool
	mask        uint64
	shift       int
	div, add    float64
	kind        ValueKind
	unit        string
	metric      string
	none        []uint64 // raw values that say "not known"
	invalid     uint64   // bits of the raw value of which any says so
}

func le(name string, at, size int, div float64, unit string) place {
	return place{name: name, at: at, size: size, div: div, unit: unit}
}

func sle(name string, at, size int, div float64, unit string) place {
	f := le(name, at, size, div, unit)
	f.signed = true
	return f
}

func be(name string, at, size int, div float64, unit string) place {
	f := le(name, at, size, div, unit)
	f.big = true
	return f
}

func percent(name string, at int) place {
	return place{name: name, at: at, size: 1, div: 1, unit: "%", mask: 0x7F}
}

func bit(name string, at, n int) place {
	return place{name: name, at: at, size: 1, mask: 1 << n, shift: n, div: 1, unit: "1", kind: State}
}

func (f place) unless(raw ...uint64) place { f.none = raw; return f }

func (f place) unlessBit(n int) place { f.invalid = 1 << n; return f }

// decodeFamily reads an advertisement by the first description that fits, or
// returns ErrUnknown.
func decodeFamily(a *Advert) (Report, error) {
	for i := range families {
		f := &families[i]
		b, ok := f.data(a)
		if !ok {
			continue
		}
		r := Report{Format: "maker", Maker: f.maker, Model: f.model}
		if !f.read(&r, b) {
			return Report{}, malformed("%s %s: %d bytes", f.maker, f.model, len(b))
		}
		if f.more != nil {
			if err := f.more(&r, a, b); err != nil {
				return Report{}, err
			}
		}
		if len(r.Values) == 0 {
			return Report{}, ErrUnknown // it says nothing that anybody needs
		}
		r.number()
		return r, nil
	}
	return Report{}, ErrUnknown
}

// data returns the bytes of an advertisement that fits.
func (f *family) data(a *Advert) (b []byte, ok bool) {
	if len(f.names) > 0 && !slices.ContainsFunc(f.names, func(n string) bool { return strings.HasPrefix(a.Name, n) }) {
		return nil, false
	}
	if f.lists != 0 && !slices.Contains(a.Services, f.lists) {
		return nil, false
	}
	switch {
	case f.service != 0:
		b, ok = a.Service(uint16(f.service))
	case f.free:
		if ok = len(a.Manufacturer) > 0; ok {
			m := a.Manufacturer[0]
			b = append([]byte{byte(m.ID), byte(m.ID >> 8)}, m.Bytes...)
		}
	default:
		b, ok = a.Company(f.company)
	}
	if !ok || len(b) < f.least || len(f.sizes) > 0 && !slices.Contains(f.sizes, len(b)) {
		return nil, false
	}
	if f.own && (len(b) < 10 || Address(b[4:10]) != a.Address && Address(b[4:10]) != a.Address.reversed()) {
		return nil, false
	}
	for _, is := range f.is {
		if is.at >= len(b) || b[is.at] != is.value {
			return nil, false
		}
	}
	return b, true
}

// read reads the fields, and reports whether there were bytes for all.
func (f *family) read(r *Report, b []byte) bool {
	for _, p := range f.fields {
		if len(b) < p.at+p.size {
			return false
		}
		raw := raw(b[p.at:p.at+p.size], p.big)
		if p.mask != 0 {
			raw = raw & p.mask >> p.shift
		}
		if slices.Contains(p.none, raw) || raw&p.invalid != 0 {
			continue
		}
		v := float64(raw)
		if shift := 64 - 8*p.size; p.signed {
			v = float64(int64(raw<<shift) >> shift)
		}
		r.Values = append(r.Values, Value{Name: p.name, Kind: p.kind, Number: v/p.div + p.add, Unit: p.unit, Metric: p.metric})
	}
	return true
}

// raw reads up to eight bytes.
func raw(b []byte, big bool) (v uint64) {
	for i := range b {
		if big {
			v = v<<8 | uint64(b[i])
		} else {
			v |= uint64(b[i]) << (8 * i)
		}
	}
	return v
}

func (r *Report) add(name string, v float64, unit string) {
	r.Values = append(r.Values, Value{Name: name, Number: v, Unit: unit})
}

func (r *Report) state(name string, on bool) {
	v := Value{Name: name, Kind: State, Unit: "1"}
	if on {
		v.Number = 1
	}
	r.Values = append(r.Values, v)
}
