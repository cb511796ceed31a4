package outbox

import (
	"encoding/binary"
	"slices"
)

// state is what became of the records of a lane, by boot. It is kept only for
// boots of which the lane still holds records, or that have something dropped.
type state struct {
	acked   map[uint64]ranges
	dropped map[uint64]ranges
}

func newState() state {
	return state{acked: map[uint64]ranges{}, dropped: map[uint64]ranges{}}
}

// op is one change of the state, as it is logged.
type op struct {
	kind frameKind
	boot uint64
	reach
}

// apply makes one change and reports whether it was one.
func (s *state) apply(o op) bool {
	acked, dropped := s.acked[o.boot], s.dropped[o.boot]
	var changed bool
	switch o.kind {
	case kindAck:
		changed = acked.add(o.reach)
		changed = dropped.remove(o.reach) || changed
	case kindUnack:
		changed = acked.remove(o.reach)
	case kindDrop:
		changed = dropped.add(o.reach)
	}
	if changed {
		set(s.acked, o.boot, acked)
		set(s.dropped, o.boot, dropped)
	}
	return changed
}

func set(m map[uint64]ranges, boot uint64, r ranges) {
	if len(r) == 0 {
		delete(m, boot)
	} else {
		m[boot] = r
	}
}

// waiting counts the records of a run that are neither acknowledged nor
// dropped.
func (s *state) waiting(r run) uint64 {
	n := uint64(0)
	for _, part := range s.acked[r.boot].without(r.reach()) {
		n += part.to - part.from + 1 - s.dropped[r.boot].count(part)
	}
	return n
}

// skip returns how many records from seq on are settled, 0 if seq waits.
func (s *state) skip(boot, seq uint64) uint64 {
	if to, ok := s.acked[boot].covering(seq); ok {
		return to - seq + 1
	}
	if to, ok := s.dropped[boot].covering(seq); ok {
		return to - seq + 1
	}
	return 0
}

func (o op) frame() frame {
	return frame{kind: o.kind, a: o.boot, b: o.from, payload: binary.LittleEndian.AppendUint64(nil, o.to)}
}

func parseOp(f frame) (op, bool) {
	if len(f.payload) != 8 {
		return op{}, false
	}
	o := op{f.kind, f.a, reach{f.b, binary.LittleEndian.Uint64(f.payload)}}
	return o, o.from > 0 && o.from <= o.to
}

// frame encodes the whole state in at most limit bytes. What does not fit is
// forgotten, and sent again after a restart.
func (s *state) frame(limit int) frame {
	var p []byte
	put := func(kind frameKind, m map[uint64]ranges) {
		boots := make([]uint64, 0, len(m))
		for boot := range m {
			boots = append(boots, boot)
		}
		slices.Sort(boots)
		for _, boot := range boots {
			for _, x := range m[boot] {
				if len(p)+25 > limit {
					return
				}
				p = append(p, byte(kind))
				p = binary.LittleEndian.AppendUint64(p, boot)
				p = binary.LittleEndian.AppendUint64(p, x.from)
				p = binary.LittleEndian.AppendUint64(p, x.to)
			}
		}
	}
	put(kindDrop, s.dropped)
	put(kindAck, s.acked)
	return frame{kind: kindState, payload: p}
}

func parseState(f frame) (state, bool) {
	s := newState()
	if len(f.payload)%25 != 0 {
		return s, false
	}
	for p := f.payload; len(p) > 0; p = p[25:] {
		boot := binary.LittleEndian.Uint64(p[1:])
		x := reach{binary.LittleEndian.Uint64(p[9:]), binary.LittleEndian.Uint64(p[17:])}
		if x.from == 0 || x.from > x.to {
			return s, false
		}
		m := s.acked
		if frameKind(p[0]) == kindDrop {
			m = s.dropped
		}
		r := m[boot]
		r.add(x)
		m[boot] = r
	}
	return s, true
}
