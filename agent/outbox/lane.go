package outbox

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
)

// maxPending bounds the telemetry in bytes that waits in memory for a disk
// that refuses it.
const maxPending = 4 << 20

// record is one that is not on disk yet.
type record struct {
	pos, boot, seq uint64
	payload        []byte
}

// Lane is the queue of one class. Positions rise in the order of Put; they are
// good for one run of the process.
type Lane struct {
	prefix string
	class  Class
	files  files
	space  *space
	log    *slog.Logger

	// writing is held by the one commit at a time, and taken before mu. The
	// disk is written with only writing held, so that nobody else waits for it.
	writing sync.Mutex
	nextID  uint64
	buf     []byte
	late    sync.WaitGroup // commits that somebody may have stopped waiting for

	mu           sync.Mutex
	segs         []*segment // oldest first
	active       *segment   // the last of segs, or nil: the next commit begins one
	cached       [2]*segment
	pending      []record // put, not on disk
	pendingBytes int
	writingNow   int    // the first of pending, which a commit is writing
	tried        uint64 // pending records before this position were refused by the disk: they are seen
	next         uint64 // position of the next put
	newest       record // the last that was put in this run, without its payload
	ops          []op   // changes of state that are not on disk
	state        state
	stats        Stats // only the counters
	closing      bool  // nothing more is put
	closed       bool
}

// put queues a record in memory. After that of an alert comes commitWithin.
func (l *Lane) put(boot, seq uint64, payload []byte) (pos uint64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing {
		return 0, ErrClosed
	}
	if l.class == Alert {
		l.late.Add(1) // for commitWithin
	}
	for l.class == Telemetry && l.pendingBytes+len(payload) > maxPending && len(l.pending) > l.writingNow {
		l.giveUpPending()
	}
	pos = l.next
	l.next++
	l.newest = record{pos: pos, boot: boot, seq: seq}
	l.pending = append(l.pending, record{pos, boot, seq, slices.Clone(payload)})
	l.pendingBytes += len(payload)
	return pos, nil
}

// giveUpPending drops the oldest record that waits for the disk.
func (l *Lane) giveUpPending() {
	r := l.pending[l.writingNow]
	l.pending = slices.Delete(l.pending, l.writingNow, l.writingNow+1)
	l.pendingBytes -= len(r.payload)
	l.change(op{kindDrop, r.boot, reach{r.seq, r.seq}})
	l.stats.EvictedRecords++
	l.log.Warn("telemetry dropped, the disk takes nothing", "boot", r.boot, "seq", r.seq)
}

// change applies o and remembers to log it.
func (l *Lane) change(o op) {
	if l.state.apply(o) {
		l.ops = append(l.ops, o)
	}
}

// Next returns the first record at or after position from that is committed
// and not acknowledged. The payload is the caller's.
func (l *Lane) Next(from uint64) (pos, boot, seq uint64, payload []byte, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0, 0, 0, nil, false
	}
	first, _ := slices.BinarySearchFunc(l.segs, from, func(s *segment, from uint64) int {
		if s.endPos() <= from {
			return -1
		}
		return 1
	})
	for _, s := range l.segs[first:] {
		if pos, boot, seq, payload, ok = l.nextIn(s, from); ok {
			return pos, boot, seq, payload, true
		}
	}
	for _, r := range l.pending {
		if r.pos >= from && r.pos < l.tried && l.state.skip(r.boot, r.seq) == 0 {
			return r.pos, r.boot, r.seq, slices.Clone(r.payload), true
		}
	}
	return 0, 0, 0, nil, false
}

// nextIn is Next in one segment.
func (l *Lane) nextIn(s *segment, from uint64) (pos, boot, seq uint64, payload []byte, ok bool) {
	before := 0 // records of the runs before this one
	for _, r := range s.runs {
		for pos := max(from, r.pos); pos < r.pos+r.n; {
			seq := r.seq + pos - r.pos
			if n := l.state.skip(r.boot, seq); n > 0 {
				pos += min(n, r.pos+r.n-pos)
				continue
			}
			payload, err := l.read(s, before+int(pos-r.pos), r.boot, seq)
			if err == nil {
				return pos, r.boot, seq, payload, true
			}
			if errors.Is(err, errDamaged) {
				l.lose(op{kindDrop, r.boot, reach{seq, seq}})
			} else { // it may be read the next time
				l.stats.DiskErrors++
				l.log.Error("record cannot be read", "segment", s.name, "boot", r.boot, "seq", seq, "error", err)
			}
			pos++
		}
		before += int(r.n)
	}
	return 0, 0, 0, nil, false
}

// lose notes records that damage took.
func (l *Lane) lose(o op) {
	l.stats.LostRecords += o.to - o.from + 1
	l.log.Error("records lost by damage on the disk", "lane", l.prefix, "boot", o.boot, "from", o.from, "to", o.to)
	l.change(o)
}

var errDamaged = errors.New("damaged")

// read returns the payload of record i of a segment.
func (l *Lane) read(s *segment, i int, boot, seq uint64) ([]byte, error) {
	if err := l.index(s); err != nil {
		return nil, err
	}
	off := s.offs[i]
	if off == 0 {
		return nil, errDamaged
	}
	b := make([]byte, min(2048, s.size-off))
	if err := readFull(s.f, b, off); err != nil {
		return nil, err
	}
	size, ok := parseHeader(s.id, off, b)
	if !ok || off+size > s.size {
		return nil, errDamaged
	}
	if size > len(b) {
		b = make([]byte, size)
		if err := readFull(s.f, b, off); err != nil {
			return nil, err
		}
	}
	f, state := parseFrame(s.id, off, b)
	if state != frameSound || f.kind != kindRecord || f.a != boot || f.b != seq {
		return nil, errDamaged
	}
	return f.payload, nil
}

// index makes s readable: it opens the file and finds the records. Besides the
// active segment two are kept so, for the lane's two readers.
func (l *Lane) index(s *segment) error {
	if s.f == nil {
		f, err := l.files.open(s.name)
		if err != nil {
			return err
		}
		s.f = f
	}
	if s != l.active && s != l.cached[0] && s != l.cached[1] {
		l.cache(s)
	}
	if s.offs != nil {
		return nil
	}
	data := make([]byte, s.size)
	if err := readFull(s.f, data, 0); err != nil {
		return err
	}
	offs := make([]int, s.count())
	at, k := 0, 0 // at is the index of the first record of run k
	scanFrames(s.id, data, pageSize, func(off int, f frame, state frameState) {
		if f.kind != kindRecord || state != frameSound {
			return
		}
		for i, j := at, k; j < len(s.runs); i, j = i+int(s.runs[j].n), j+1 {
			if r := s.runs[j]; r.boot == f.a && r.seq <= f.b && f.b < r.seq+r.n {
				offs[i+int(f.b-r.seq)] = off
				at, k = i, j
				return
			}
		}
	})
	s.offs = offs
	return nil
}

// cache keeps s readable, and no longer the one that was cached before last.
func (l *Lane) cache(s *segment) {
	l.uncache(l.cached[1])
	l.cached = [2]*segment{s, l.cached[0]}
}

// uncache gives up what index made.
func (l *Lane) uncache(s *segment) {
	if s == nil {
		return
	}
	if s.f != nil {
		s.f.Close()
	}
	s.f, s.offs = nil, nil
}

func readFull(f file, b []byte, off int) error {
	n, err := f.ReadAt(b, int64(off))
	if n == len(b) {
		return nil
	}
	return fmt.Errorf("reading %d bytes at %d: %w", len(b), off, err)
}

// End returns the position that the next record will get.
func (l *Lane) End() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next
}

// held returns the numbers of a boot that the lane holds.
func (l *Lane) held(boot uint64) ranges {
	var h ranges
	for _, s := range l.segs {
		for _, r := range s.runs {
			if r.boot == boot {
				h.add(r.reach())
			}
		}
	}
	for _, r := range l.pending {
		if r.boot == boot {
			h.add(reach{r.seq, r.seq})
		}
	}
	return h
}

// Ack says that the other side's application has the records first to last of
// a boot. They are never returned again; their space is freed with the last
// record of their segment. It is logged with the next Commit. Numbers that
// were never put are passed over.
func (l *Lane) Ack(boot, first, last uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || first == 0 || first > last {
		return
	}
	x := reach{first, last}
	for _, gone := range slices.Clone(l.state.dropped[boot]) {
		if gone.from <= last && gone.to >= first { // the other side stopped waiting
			l.change(op{kindAck, boot, reach{max(first, gone.from), min(last, gone.to)}})
		}
	}
	if h := l.held(boot); len(h) > 0 {
		x.from, x.to = max(x.from, h[0].from), min(x.to, h[len(h)-1].to)
		if x.from <= x.to {
			l.change(op{kindAck, boot, x})
		}
	}
	l.free()
}

// Missing says that the other side lacks first to last of a boot. What is held
// waits again; what is not is named by Dropped.
func (l *Lane) Missing(boot, first, last uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || first == 0 || first > last {
		return
	}
	if boot == l.newest.boot { // what is yet to be put cannot be missing
		last = min(last, l.newest.seq)
	}
	if first > last {
		return
	}
	x := reach{first, last}
	l.change(op{kindUnack, boot, x})
	for _, gone := range l.held(boot).without(x) {
		l.change(op{kindDrop, boot, gone})
	}
}
