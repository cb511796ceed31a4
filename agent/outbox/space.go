package outbox

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"syscall"
)

const spareName = "spare.log"

// space is what both lanes share: the files, the limit, and how to make room.
type space struct {
	files   files
	log     *slog.Logger
	max     int64
	segSize int
	used    atomic.Int64
	evict   func() bool // gives up the oldest segment of telemetry

	mu    sync.Mutex
	spare bool // a freed segment waits to be used again, which saves writing its zeros
}

// adoptSpare takes over the spare of an earlier run.
func (sp *space) adoptSpare() error {
	f, err := sp.files.open(spareName)
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := f.size()
	if err != nil {
		return err
	}
	if size != sp.segSize {
		return sp.files.remove(spareName)
	}
	sp.spare = true
	sp.used.Add(int64(size))
	return nil
}

// takeSpare makes the spare the segment name.
func (sp *space) takeSpare(name string) (file, bool) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if !sp.spare {
		return nil, false
	}
	sp.spare = false
	err := sp.files.rename(spareName, name)
	if err == nil {
		var f file
		if f, err = sp.files.open(name); err == nil {
			if err = sp.files.syncDir(); err == nil {
				return f, true
			}
			f.Close()
		}
	}
	sp.log.Warn("freed segment cannot be used again", "error", err)
	for _, n := range []string{spareName, name} {
		if sp.files.remove(n) == nil {
			sp.used.Add(-int64(sp.segSize))
		}
	}
	return nil, false
}

// release frees the file of s, which nobody reads any more.
func (sp *space) release(s *segment) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if !sp.spare && s.size == sp.segSize && sp.files.rename(s.name, spareName) == nil {
		sp.spare = true
		return
	}
	if err := sp.files.remove(s.name); err != nil {
		sp.log.Warn("segment cannot be removed", "segment", s.name, "error", err)
		return
	}
	sp.used.Add(-int64(s.size))
}

func diskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// free gives back the segments in which nothing waits, and forgets boots of
// which nothing is left.
func (l *Lane) free() {
	kept := l.segs[:0]
	for _, s := range l.segs {
		if s == l.active || !l.settled(s) {
			kept = append(kept, s)
			continue
		}
		l.drop(s)
	}
	if len(kept) == len(l.segs) {
		return
	}
	clear(l.segs[len(kept):])
	l.segs = kept
	l.forget()
}

func (l *Lane) settled(s *segment) bool {
	for _, r := range s.runs {
		if l.state.waiting(r) > 0 {
			return false
		}
	}
	return true
}

// drop gives the file of s back.
func (l *Lane) drop(s *segment) {
	for i := range l.cached {
		if l.cached[i] == s {
			l.cached[i] = nil
		}
	}
	l.uncache(s)
	l.space.release(s)
}

// forget gives up what was acknowledged of boots that the lane no longer has.
func (l *Lane) forget() {
	boots := map[uint64]bool{}
	for _, s := range l.segs {
		for _, r := range s.runs {
			boots[r.boot] = true
		}
	}
	for _, r := range l.pending {
		boots[r.boot] = true
	}
	for boot := range l.state.acked {
		if !boots[boot] {
			delete(l.state.acked, boot)
		}
	}
}

// evictOldest gives up the oldest full segment and names what was in it. It
// reports false if there is none.
func (l *Lane) evictOldest() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.segs) == 0 || l.segs[0] == l.active {
		return false
	}
	s := l.segs[0]
	n := uint64(0)
	for _, r := range s.runs {
		n += l.state.waiting(r)
		for _, part := range l.state.acked[r.boot].without(r.reach()) {
			l.change(op{kindDrop, r.boot, part})
		}
	}
	l.stats.EvictedRecords += n
	l.segs = l.segs[1:]
	l.drop(s)
	l.forget()
	l.log.Warn("outbox is full, oldest telemetry given up", "records", n, "segment", s.name)
	return true
}
