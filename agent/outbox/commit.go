package outbox

import (
	"errors"
	"fmt"
	"time"
)

// maxWait is how long an alert waits for the disk.
const maxWait = 2 * time.Second

// commitWithin is commit for those who cannot wait. After d what was put is
// seen by Next as if the disk had refused it; the disk may still take it.
func (l *Lane) commitWithin(d time.Duration, upto uint64) error {
	done := make(chan error, 1)
	go func() {
		defer l.late.Done()
		done <- l.commit(upto)
	}()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) > 0 { // it may have come about at the last moment
		l.stats.Volatile = true
	}
	l.tried = max(l.tried, upto)
	l.stats.DiskErrors++
	l.log.Error("disk does not answer", "lane", l.prefix, "after", d)
	return fmt.Errorf("%w: the disk did not answer in %v", ErrVolatile, d)
}

// commit writes what waits in memory and syncs it: whoever put it. It returns
// once everything up to position upto is on disk, or the disk refused it.
func (l *Lane) commit(upto uint64) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return ErrClosed
	}
	batch, ops := l.pending, l.ops
	if upto > 0 && (len(batch) == 0 || batch[0].pos >= upto) { // another commit took it along
		l.mu.Unlock()
		return nil
	}
	l.ops = nil
	l.writingNow = len(batch)
	l.mu.Unlock()

	err := l.write(batch, ops)

	l.mu.Lock()
	defer l.mu.Unlock()
	l.writingNow = 0
	if err == nil {
		l.stats.Volatile = false
		return nil
	}
	// The next segment begins with the whole state, so ops need no second try.
	l.retire()
	l.stats.DiskErrors++
	l.stats.Volatile = len(l.pending) > 0
	if n := len(batch); n > 0 {
		l.tried = max(l.tried, batch[n-1].pos+1)
	}
	return fmt.Errorf("%w: %w", ErrVolatile, err)
}

// write appends ops and records to the log, as many a sync as fit.
func (l *Lane) write(batch []record, ops []op) error {
	for len(batch) > 0 || len(ops) > 0 {
		s := l.active
		if s == nil {
			var err error
			if s, err = l.begin(); err != nil {
				return fmt.Errorf("beginning a segment: %w", err)
			}
		}
		buf, offs, n := l.buf[:0], []int(nil), 0
		for ; n < len(ops); n++ {
			f := ops[n].frame()
			if s.end+len(buf)+f.size() > s.size {
				break
			}
			buf = appendFrame(buf, s.id, s.end+len(buf), f)
		}
		ops = ops[n:]
		for len(offs) < len(batch) {
			r := batch[len(offs)]
			f := frame{kind: kindRecord, a: r.boot, b: r.seq, payload: r.payload}
			if s.end+len(buf)+f.size() > s.size {
				break
			}
			offs = append(offs, s.end+len(buf))
			buf = appendFrame(buf, s.id, s.end+len(buf), f)
		}
		if len(buf) > 0 {
			if err := l.append(s, buf); err != nil {
				return err
			}
		}
		l.publish(s, len(buf), offs)
		batch = batch[len(offs):]
		if l.buf = buf; cap(buf) > maxPending/16 {
			l.buf = nil // a burst is over
		}
		if len(batch) > 0 || len(ops) > 0 {
			l.seal(s)
		}
	}
	return nil
}

func (l *Lane) append(s *segment, buf []byte) error {
	if err := l.writeAt(s, buf, s.end); err != nil {
		return fmt.Errorf("writing %s: %w", s.name, err)
	}
	if err := s.f.sync(); err != nil {
		return fmt.Errorf("syncing %s: %w", s.name, err)
	}
	return nil
}

// writeAt counts what the flash will feel: whole pages.
func (l *Lane) writeAt(s *segment, b []byte, off int) error {
	pages := (off+len(b)-1)/pageSize - off/pageSize + 1
	_, err := s.f.WriteAt(b, int64(off))
	l.mu.Lock()
	l.stats.WrittenBytes += uint64(pages) * pageSize
	l.mu.Unlock()
	return err
}

// publish moves the first records of pending, which are at offs now, into the
// segment.
func (l *Lane) publish(s *segment, written int, offs []int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.end += written
	for i, r := range l.pending[:len(offs)] {
		s.add(r.pos, r.boot, r.seq)
		s.offs = append(s.offs, offs[i])
		l.pendingBytes -= len(r.payload)
	}
	l.pending = l.pending[len(offs):]
	l.writingNow -= len(offs)
	if len(l.pending) == 0 {
		l.pending = nil
	}
}

// begin makes the next segment, with the state at its head, and makes room for
// it by giving up telemetry where it must.
func (l *Lane) begin() (*segment, error) {
	s := &segment{id: l.nextID, name: segmentName(l.prefix, l.nextID), size: l.space.segSize, end: pageSize}
	l.nextID++
	var err error
	if s.f, err = l.makeFile(s.name); err != nil {
		return nil, err
	}
	l.mu.Lock()
	state := l.state.frame(min(maxFrame, s.size/8))
	l.mu.Unlock()
	head := appendFrame(nil, s.id, s.end, state)
	err = l.writeAt(s, segmentHeader(s.id), 0)
	if err == nil {
		err = l.writeAt(s, head, s.end) // synced with the first records
	}
	if err != nil {
		s.f.Close()
		l.space.release(s)
		return nil, err
	}
	s.end += len(head)
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.pos = l.next; len(l.pending) > 0 {
		s.pos = l.pending[0].pos
	}
	l.segs = append(l.segs, s)
	l.active = s
	return s, nil
}

// makeFile takes the spare file, or makes one within the limit, or gives up
// telemetry to have a spare.
func (l *Lane) makeFile(name string) (file, error) {
	for {
		if f, ok := l.space.takeSpare(name); ok {
			return f, nil
		}
		full := l.space.used.Load()+int64(l.space.segSize) > l.space.max
		if full && l.space.evict() {
			continue
		}
		if full && l.class == Telemetry {
			return nil, errors.New("the limit is reached, and there is nothing but alerts to give up")
		}
		f, err := l.files.create(name, l.space.segSize)
		if err == nil {
			l.space.used.Add(int64(l.space.segSize))
			l.mu.Lock()
			l.stats.WrittenBytes += uint64(l.space.segSize)
			l.mu.Unlock()
			return f, nil
		}
		if !diskFull(err) || !l.space.evict() {
			return nil, err
		}
	}
}

// seal writes the summary of a full segment, which spares the next Open its
// reading. It needs no sync and may fail: then Open reads.
func (l *Lane) seal(s *segment) {
	if b := s.summary(); b != nil {
		if err := l.writeAt(s, b, summaryAt); err != nil {
			l.log.Warn("summary of a segment not written", "segment", s.name, "error", err)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.retire()
	l.free()
}

// retire ends the active segment; what is in it stays readable.
func (l *Lane) retire() {
	if s := l.active; s != nil {
		l.active = nil
		l.cache(s)
	}
}

// prepare makes the first segment, if there is none to go on with.
func (l *Lane) prepare() error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.active != nil {
		return nil
	}
	if _, err := l.begin(); err != nil {
		return fmt.Errorf("beginning a segment: %w", err)
	}
	return nil
}

// close commits and ends the lane.
func (l *Lane) close() error {
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
	l.late.Wait()
	err := l.commit(0)
	if errors.Is(err, ErrClosed) {
		return nil
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.retire()
	l.uncache(l.cached[0])
	l.uncache(l.cached[1])
	return err
}
