// Package resync finds frames in a stream of bytes from a serial line, and finds
// the next one after noise: when a check fails, one byte is dropped, never more.
package resync

// Split looks at bytes that may begin with a frame. It returns the length of a
// frame that is whole and right, 0 where more bytes are needed, and a negative
// number where no frame begins here.
type Split func(b []byte) int

// Scanner cuts a stream into frames. It never holds more than Max bytes.
type Scanner struct {
	Split   Split
	Max     int    // of the longest frame, in bytes
	Dropped uint64 // bytes that belonged to no frame
	buf     []byte
}

// Push takes the next bytes and calls emit with each frame, which is good until
// emit returns.
func (s *Scanner) Push(b []byte, emit func(frame []byte)) {
	for len(b) > 0 {
		n := min(len(b), s.Max-len(s.buf))
		s.buf = append(s.buf, b[:n]...)
		b = b[n:]
		s.scan(emit)
		if len(s.buf) >= s.Max { // a frame that cannot be: nothing needs so many
			s.drop(1)
			s.scan(emit)
		}
	}
}

func (s *Scanner) scan(emit func([]byte)) {
	at := 0
	for at < len(s.buf) {
		switch n := s.Split(s.buf[at:]); {
		case n > 0 && n <= len(s.buf)-at:
			emit(s.buf[at : at+n])
			at += n
		case n == 0:
			s.keep(at)
			return
		default:
			at++
			s.Dropped++
		}
	}
	s.keep(at)
}

func (s *Scanner) keep(from int) { s.buf = s.buf[:copy(s.buf, s.buf[from:])] }

func (s *Scanner) drop(n int) {
	s.Dropped += uint64(n)
	s.keep(n)
}

// Reset forgets what has come of a frame: the line was cut.
func (s *Scanner) Reset() { s.buf = s.buf[:0] }
