package outbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	pageSize      = 4096 // the first page of a segment holds its header and summary
	summaryAt     = 64
	formatVersion = 1
)

// run is a stretch of records whose positions and numbers rise together.
type run struct {
	pos, boot, seq uint64 // of the first
	n              uint64
}

func (r run) reach() reach { return reach{r.seq, r.seq + r.n - 1} }

// segment is one preallocated file of the log.
type segment struct {
	id   uint64
	name string
	size int
	pos  uint64 // before its records, whether or not it has any
	end  int    // where the next frame goes
	runs []run  // of the records, in order
	offs []int  // of the records, 0 for one that is gone; nil until needed, see Lane.index
	f    file   // nil while nobody reads or writes it
}

func segmentName(prefix string, id uint64) string { return fmt.Sprintf("%s-%016x.log", prefix, id) }

func parseSegmentName(prefix, name string) (id uint64, ok bool) {
	s, ok := strings.CutPrefix(name, prefix+"-")
	s, ok2 := strings.CutSuffix(s, ".log")
	if !ok || !ok2 || len(s) != 16 {
		return 0, false
	}
	id, err := strconv.ParseUint(s, 16, 64)
	return id, err == nil
}

// endPos returns the position after the last record.
func (s *segment) endPos() uint64 {
	if len(s.runs) == 0 {
		return s.pos
	}
	r := s.runs[len(s.runs)-1]
	return r.pos + r.n
}

func (s *segment) count() uint64 {
	n := uint64(0)
	for _, r := range s.runs {
		n += r.n
	}
	return n
}

// add notes a record.
func (s *segment) add(pos, boot, seq uint64) {
	if k := len(s.runs) - 1; k >= 0 {
		if r := &s.runs[k]; r.boot == boot && r.seq+r.n == seq && r.pos+r.n == pos {
			r.n++
			return
		}
	}
	s.runs = append(s.runs, run{pos: pos, boot: boot, seq: seq, n: 1})
}

// segmentHeader is what the first bytes of segment id are.
func segmentHeader(id uint64) []byte {
	return appendFrame(nil, id, 0, frame{kind: kindSegment, a: id, b: formatVersion, payload: []byte("osmanthus outbox")})
}

var errNewer = errors.New("written by a later version")

// checkHeader refuses a later format. A damaged header says nothing, and the
// frames speak for themselves.
func checkHeader(id uint64, page []byte) error {
	if f, state := parseFrame(id, 0, page); state == frameSound && f.kind == kindSegment && f.b != formatVersion {
		return fmt.Errorf("segment %d has format %d: %w", id, f.b, errNewer)
	}
	return nil
}

// summary encodes the runs for the first page, so that opening need not read
// the segment. It returns nil if they do not fit.
func (s *segment) summary() []byte {
	var p []byte
	for _, r := range s.runs {
		p = binary.LittleEndian.AppendUint64(p, r.boot)
		p = binary.LittleEndian.AppendUint64(p, r.seq)
		p = binary.LittleEndian.AppendUint64(p, r.n)
	}
	if summaryAt+headerSize+len(p) > pageSize {
		return nil
	}
	return appendFrame(nil, s.id, summaryAt, frame{kind: kindSummary, a: s.id, b: uint64(s.end), payload: p})
}

// readSummary sets runs, with positions from pos on, and end from the first
// page, and reports whether it held a sound summary.
func (s *segment) readSummary(page []byte, pos uint64) bool {
	f, state := parseFrame(s.id, summaryAt, page[summaryAt:])
	if state != frameSound || f.kind != kindSummary || len(f.payload)%24 != 0 || f.b < pageSize || f.b > uint64(s.size) {
		return false
	}
	var runs []run
	for p := f.payload; len(p) > 0; p = p[24:] {
		r := run{
			pos:  pos,
			boot: binary.LittleEndian.Uint64(p[0:]),
			seq:  binary.LittleEndian.Uint64(p[8:]),
			n:    binary.LittleEndian.Uint64(p[16:]),
		}
		if r.n == 0 || r.n > uint64(s.size/headerSize) || r.seq+r.n < r.seq {
			return false
		}
		pos += r.n
		runs = append(runs, r)
	}
	s.runs, s.end = runs, int(f.b)
	return true
}
