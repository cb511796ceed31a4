package resync

import "io"

// Line is a serial line that is cut into frames. It is not safe for concurrent
// use.
type Line struct {
	Port     io.ReadWriter
	Received uint64 // bytes that came
	Scanner
	in [512]byte
}

// Sense reads once from the port and calls emit with each frame that is whole,
// which is good until emit returns. It returns the port's error as it is.
func (l *Line) Sense(emit func(frame []byte)) error {
	n, err := l.Port.Read(l.in[:])
	l.Received += uint64(n)
	l.Push(l.in[:n], emit)
	return err
}
