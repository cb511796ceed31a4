package outbox

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"syscall"
)

// found is what reading a whole segment brought to light.
type found struct {
	state   *state // the last whole state, if any
	ops     []op   // the changes after it
	damaged []op   // records whose payload is damaged, as drops
}

// loadLane opens the segments of one class. It reads the whole of the last one
// and of those without a sound summary, and one page of the others.
func loadLane(class Class, prefix string, names []string, sp *space, log *slog.Logger) (*Lane, error) {
	l := &Lane{prefix: prefix, class: class, files: sp.files, space: sp, log: log, nextID: 1, state: newState()}
	for _, name := range names {
		if id, ok := parseSegmentName(prefix, name); ok {
			l.segs = append(l.segs, &segment{id: id, name: name, end: pageSize})
		}
	}
	slices.SortFunc(l.segs, func(a, b *segment) int { return cmp.Compare(a.id, b.id) })
	read := map[*segment]found{}
	sound := l.segs[:0]
	for i, s := range l.segs {
		l.nextID, s.pos = s.id+1, l.next
		switch err := l.loadSegment(s, i == len(l.segs)-1, read); {
		case err == nil:
			l.next = s.endPos()
			sound = append(sound, s)
		case isBadSector(err): // it stays where it is, and is tried at the next Open
			l.stats.DiskErrors++
			l.log.Error("segment cannot be read, and is left out", "segment", s.name, "error", err)
			l.uncache(s)
			sp.used.Add(int64(s.size))
		default:
			return nil, fmt.Errorf("reading %s: %w", s.name, err)
		}
	}
	l.segs = sound
	if err := l.loadState(read); err != nil {
		return nil, err
	}
	l.findLost(read)
	if k := len(l.segs) - 1; k >= 0 {
		if last := l.segs[k]; last.offs != nil && last.size == sp.segSize {
			l.active = last // not sealed: it goes on
		}
	}
	for _, s := range l.segs {
		if s != l.active {
			l.uncache(s)
		}
		sp.used.Add(int64(s.size))
	}
	l.free()
	return l, nil
}

// isBadSector reports whether a disk that works otherwise lost this place.
func isBadSector(err error) bool {
	return errors.Is(err, syscall.EIO) || errors.Is(err, syscall.EBADMSG)
}

// loadSegment learns what is in s.
func (l *Lane) loadSegment(s *segment, last bool, read map[*segment]found) error {
	f, err := l.files.open(s.name)
	if err != nil {
		return err
	}
	s.f = f
	if s.size, err = f.size(); err != nil {
		return err
	}
	page := make([]byte, min(s.size, pageSize))
	if err := readFull(f, page, 0); err != nil {
		return err
	}
	if err := checkHeader(s.id, page); err != nil {
		return err
	}
	if len(page) < pageSize {
		return nil // cut down: nothing is left
	}
	if s.readSummary(page, l.next) {
		l.uncache(s)
		return nil
	}
	got, err := l.readSegment(s)
	if err != nil {
		return err
	}
	read[s] = got
	if !last {
		l.uncache(s)
	}
	return nil
}

// readSegment reads all of s: its records, if no summary named them, and what
// it says of the state.
func (l *Lane) readSegment(s *segment) (found, error) {
	var got found
	if s.f == nil {
		f, err := l.files.open(s.name)
		if err != nil {
			return got, err
		}
		s.f = f
	}
	data := make([]byte, s.size)
	if err := readFull(s.f, data, 0); err != nil {
		return got, err
	}
	fresh := s.runs == nil
	if fresh {
		s.offs = []int{}
	}
	pos := l.next
	var damaged []op
	end := scanFrames(s.id, data, pageSize, func(off int, f frame, state frameState) {
		switch {
		case f.kind == kindRecord && state == frameSound:
			got.damaged = append(got.damaged, damaged...) // sound data follows: no torn tail
			damaged = nil
			if fresh {
				s.add(pos, f.a, f.b)
				s.offs = append(s.offs, off)
				pos++
			}
		case f.kind == kindRecord:
			damaged = append(damaged, op{kindDrop, f.a, reach{f.b, f.b}})
		case state != frameSound:
		case f.kind == kindState:
			if st, ok := parseState(f); ok {
				got.state, got.ops = &st, nil
			}
		default:
			if o, ok := parseOp(f); ok {
				got.ops = append(got.ops, o)
			}
		}
	})
	if fresh {
		s.end = end
	}
	return got, nil
}

// loadState takes the last whole state and the changes after it.
func (l *Lane) loadState(read map[*segment]found) error {
	first := len(l.segs)
	for first > 0 {
		first--
		s := l.segs[first]
		got, ok := read[s]
		if !ok && s.size > pageSize {
			var err error
			if got, err = l.readSegment(s); isBadSector(err) {
				l.stats.DiskErrors++
				l.log.Error("what was acknowledged cannot be read, it is sent again", "segment", s.name, "error", err)
			} else if err != nil {
				return fmt.Errorf("reading %s: %w", s.name, err)
			}
			l.uncache(s)
			read[s] = got
		}
		if got.state != nil {
			l.state = *got.state
			break
		}
	}
	for _, s := range l.segs[first:] {
		for _, o := range read[s].ops {
			l.state.apply(o)
		}
	}
	return nil
}

// findLost names the records that damage took: those whose payload is damaged,
// and those that are missing between others of their boot.
func (l *Lane) findLost(read map[*segment]found) {
	held := map[uint64]ranges{}
	for _, s := range l.segs {
		for _, r := range s.runs {
			h := held[r.boot]
			h.add(r.reach())
			held[r.boot] = h
		}
	}
	var lost []op
	for boot, h := range held {
		for i := 1; i < len(h); i++ {
			lost = append(lost, op{kindDrop, boot, reach{h[i-1].to + 1, h[i].from - 1}})
		}
	}
	for _, got := range read {
		for _, o := range got.damaged {
			if _, ok := held[o.boot].covering(o.from); !ok {
				lost = append(lost, o)
			}
		}
	}
	for _, o := range lost {
		for _, part := range l.state.acked[o.boot].without(o.reach) {
			for _, x := range l.state.dropped[o.boot].without(part) {
				l.lose(op{kindDrop, o.boot, x})
			}
		}
	}
}
