package sim

import (
	"errors"
	"io"
	"sync"
	"syscall"
	"time"
)

// Talker is a model of a module on a serial line.
type Talker interface {
	// Baud is the rate at which it listens and speaks.
	Baud() int
	// Hear takes what it is told at an instant, and appends what it answers.
	Hear(b []byte, at time.Time, answer []byte) []byte
	// Speak appends what it says by itself until an instant, since it was asked
	// last.
	Speak(at time.Time, said []byte) []byte
}

const (
	// serialStep is how often somebody who reads looks whether there is something.
	serialStep = 20 * time.Millisecond
	// serialWait is for how long a Read in the same process waits for something.
	serialWait = 250 * time.Millisecond
)

// Serial is a modelled serial line with the module at its other end. One may
// have it open at a time, as a kernel's that is opened exclusively.
type Serial struct {
	name string
	now  func() time.Time

	mu     sync.Mutex
	module Talker // nil while nothing is plugged in
	mute   bool
	noise  []byte // that comes next
	cut    int    // how many bytes of what is said next come through; -1 for all
	user   *line  // who has it open
}

// Plug connects a module.
func (s *Serial) Plug(m Talker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.module = m
}

// Unplug pulls the adapter out: who has it open gets an error, and nobody can
// open it until Plug.
func (s *Serial) Unplug() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.module, s.user = nil, nil
}

// SetMute cuts the wire by which the module speaks, or mends it: the adapter
// stays.
func (s *Serial) SetMute(mute bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mute = mute
}

// Noise puts bytes on the line that nobody said.
func (s *Serial) Noise(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noise = append(s.noise, b...)
}

// Cut lets only the first n bytes of what is said next through.
func (s *Serial) Cut(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut = n
}

// String is the line's name.
func (s *Serial) String() string { return s.name }

// Open opens the line for use in the same process. Read returns after a quarter
// of a second, with 0 bytes and no error where nothing came.
func (s *Serial) Open(baud int) (io.ReadWriteCloser, error) { return s.open(baud) }

func (s *Serial) open(baud int) (*line, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.module == nil:
		return nil, syscall.ENXIO
	case s.user != nil:
		return nil, errors.New("sim: the line is open already")
	}
	s.user = &line{serial: s, baud: baud}
	s.module.Speak(s.now(), nil) // what was said while nobody listened
	return s.user, nil
}

// line is an open Serial.
type line struct {
	serial *Serial
	baud   int
	out    []byte // said, and not yet read
}

// say gathers what the module has said by now; it reports whether the line is
// still there.
func (l *line) say() bool {
	s := l.serial
	if s.user != l {
		return false
	}
	from := len(l.out)
	l.out = s.module.Speak(s.now(), l.out)
	l.through(from)
	l.out = append(l.out, s.noise...)
	s.noise = s.noise[:0]
	return true
}

// through does to what was said since an offset what the line does to it.
func (l *line) through(from int) {
	s := l.serial
	switch {
	case s.mute:
		l.out = l.out[:from]
	case s.cut >= 0 && len(l.out) > from:
		l.out = l.out[:min(len(l.out), from+s.cut)]
		s.cut = -1
	}
	if l.baud != s.module.Baud() { // what another clock makes of the bits
		for i := range l.out[from:] {
			l.out[from+i] = l.out[from+i]*167 ^ 0xA5
		}
	}
}

// Read implements io.Reader.
func (l *line) Read(p []byte) (int, error) {
	end := time.Now().Add(serialWait)
	for {
		n, err := l.take(p)
		if n > 0 || err != nil || !time.Now().Before(end) {
			return n, err
		}
		time.Sleep(serialStep)
	}
}

// take reads what there is.
func (l *line) take(p []byte) (int, error) {
	l.serial.mu.Lock()
	defer l.serial.mu.Unlock()
	if !l.say() {
		return 0, syscall.EIO
	}
	n := copy(p, l.out)
	l.out = l.out[:copy(l.out, l.out[n:])]
	return n, nil
}

// Write implements io.Writer.
func (l *line) Write(p []byte) (int, error) {
	s := l.serial
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.user != l {
		return 0, syscall.EIO
	}
	if l.baud == s.module.Baud() {
		from := len(l.out)
		l.out = s.module.Hear(p, s.now(), l.out)
		l.through(from)
	}
	return len(p), nil
}

// Close gives the line back.
func (l *line) Close() error {
	l.serial.mu.Lock()
	defer l.serial.mu.Unlock()
	if l.serial.user == l {
		l.serial.user = nil
	}
	return nil
}
