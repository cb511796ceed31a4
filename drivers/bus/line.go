package bus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// eventRoom is how many edges the kernel keeps for us, the most that it grants
// to one line; with edgeBatch of them read at once.
const (
	eventRoom = 1024
	edgeBatch = 16
)

// kernelLine is one line of the kernel's GPIO character device. It stands in for
// periph's gpioioctl, which gives Low for a line that cannot be read: of a
// normally closed contact that means that all is well.
type kernelLine struct {
	path string // of the chip
	spot spot

	reading sync.Mutex // who waits for edges; before mu
	events  [edgeBatch]lineEvent
	next    uint32 // number of the next edge

	mu     sync.Mutex
	file   *os.File // nil while the line is not requested
	fd     int      // its descriptor
	out    bool
	pull   gpio.Pull
	values lineValues
	last   gpio.Level
	err    error // of the last Read
	halted bool
}

var _ gpio.PinIO = (*kernelLine)(nil)

// openLine finds a line among the machine's chips.
func openLine(addr string) (gpio.PinIO, error) {
	chips, err := listChips("/dev")
	s, e := locate(chips, addr)
	if e != nil {
		return nil, errors.Join(e, err) // the chip that may not be opened may be the one
	}
	return &kernelLine{path: filepath.Join("/dev", s.chip), spot: s, fd: -1}, nil
}

// listChips asks every chip what it is. The error says which did not answer.
func listChips(dir string) (chips []chip, err error) {
	paths, _ := filepath.Glob(filepath.Join(dir, "gpiochip*")) // in the order of names
	seen := map[string]bool{}
	for _, path := range paths {
		c, e := askChip(path)
		if e != nil {
			err = errors.Join(err, e)
		} else if !seen[c.name] { // a Pi 5 has a second name for a chip
			seen[c.name] = true
			chips = append(chips, c)
		}
	}
	return chips, err
}

func askChip(path string) (chip, error) {
	f, err := os.Open(path)
	if err != nil {
		return chip{}, err
	}
	defer f.Close()
	var info chipInfo
	fd := int(f.Fd())
	if err := gpioControl(fd, gpioChipInfo, unsafe.Pointer(&info)); err != nil {
		return chip{}, fmt.Errorf("asking %s what it is: %w", path, err)
	}
	c := chip{name: text(info.name[:]), label: text(info.label[:]), lines: make([]string, info.lines)}
	for i := range c.lines {
		line := lineInfo{offset: uint32(i)}
		if err := gpioControl(fd, gpioLineInfo, unsafe.Pointer(&line)); err != nil {
			return chip{}, fmt.Errorf("asking %s for line %d: %w", path, i, err)
		}
		c.lines[i] = text(line.name[:])
	}
	return c, nil
}

// In implements gpio.PinIn. A pull that the chip does not have is ignored by
// the kernel; edges that it does not have are an error.
func (l *kernelLine) In(pull gpio.Pull, edge gpio.Edge) error {
	flags := uint64(flagInput)
	switch pull {
	case gpio.PullUp:
		flags |= flagPullUp
	case gpio.PullDown:
		flags |= flagPullDown
	case gpio.Float:
		flags |= flagBiasDisabled
	}
	if edge == gpio.RisingEdge || edge == gpio.BothEdges {
		flags |= flagEdgeRising
	}
	if edge == gpio.FallingEdge || edge == gpio.BothEdges {
		flags |= flagEdgeFalling
	}
	return l.request(flags, pull, gpio.Low)
}

// request gives the line up and asks for it anew, so that its queue of edges is
// empty and counts from 1.
func (l *kernelLine) request(flags uint64, pull gpio.Pull, out gpio.Level) error {
	if err := l.Close(); err != nil {
		return err
	}
	chip, err := os.Open(l.path)
	if err != nil {
		return fmt.Errorf("bus: requesting %s: %w", l, err)
	}
	defer chip.Close()
	r := lineRequest{flags: flags, numLines: 1, events: eventRoom}
	r.offsets[0] = uint32(l.spot.offset)
	copy(r.consumer[:], "osmanthus")
	if flags&flagOutput != 0 { // its level from the first instant on
		r.numAttrs = 1
		r.attrs[0] = configAttr{lineAttr{id: unix.GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, value: bit(out)}, 1}
	}
	if err := gpioControl(int(chip.Fd()), gpioGetLine, unsafe.Pointer(&r)); err != nil {
		return fmt.Errorf("bus: requesting %s: %w", l, err)
	}
	if err := unix.SetNonblock(int(r.fd), true); err != nil { // so that Halt can end a wait
		unix.Close(int(r.fd))
		return fmt.Errorf("bus: requesting %s: %w", l, err)
	}
	l.reading.Lock()
	defer l.reading.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.file, l.fd = os.NewFile(uintptr(r.fd), l.String()), int(r.fd)
	l.out, l.pull, l.halted, l.err, l.next = flags&flagOutput != 0, pull, false, nil, 1
	return nil
}

// Close lets go of the line. It is idempotent; In or Out ask for it again.
func (l *kernelLine) Close() error {
	l.mu.Lock()
	file := l.file
	l.file, l.fd, l.out, l.halted = nil, -1, false, true
	l.mu.Unlock()
	if file == nil {
		return nil
	}
	err := file.Close()
	l.reading.Lock() // the kernel has it back when nobody waits in it any more
	defer l.reading.Unlock()
	if err != nil {
		return fmt.Errorf("bus: closing %s: %w", l, err)
	}
	return nil
}

// Read implements gpio.PinIn. When the line cannot be read it returns the last
// level, and Err tells.
func (l *kernelLine) Read() gpio.Level {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		l.err = fmt.Errorf("bus: reading %s: %w", l, fs.ErrClosed)
		return l.last
	}
	l.values = lineValues{mask: 1}
	if err := gpioControl(l.fd, gpioGetValues, unsafe.Pointer(&l.values)); err != nil {
		l.err = fmt.Errorf("bus: reading %s: %w", l, err)
		return l.last
	}
	l.err, l.last = nil, l.values.bits&1 != 0
	return l.last
}

// Err is why the last Read failed, or nil.
func (l *kernelLine) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// Out implements gpio.PinOut.
func (l *kernelLine) Out(level gpio.Level) error {
	l.mu.Lock()
	if l.file == nil || !l.out {
		l.mu.Unlock()
		return l.request(flagOutput, gpio.PullNoChange, level)
	}
	defer l.mu.Unlock()
	l.values = lineValues{bits: bit(level), mask: 1}
	if err := gpioControl(l.fd, gpioSetValues, unsafe.Pointer(&l.values)); err != nil {
		return fmt.Errorf("bus: driving %s: %w", l, err)
	}
	return nil
}

func bit(l gpio.Level) uint64 {
	if l {
		return 1
	}
	return 0
}

// WaitForEdge implements gpio.PinIn. Edges that came close together are one.
func (l *kernelLine) WaitForEdge(timeout time.Duration) bool {
	var stamps [edgeBatch]time.Duration
	n, _, err := l.ReadEdges(stamps[:], timeout)
	return err == nil && n > 0
}

// ReadEdges waits for edges and puts into stamps when they were, by the
// kernel's clock since the machine was started, at most 16 at once. n is 0 and
// err nil after the timeout, which is endless below 0. lost is how many edges
// before the last of these found no room in the kernel. Halt and In end the
// wait with fs.ErrClosed or os.ErrDeadlineExceeded.
func (l *kernelLine) ReadEdges(stamps []time.Duration, timeout time.Duration) (n int, lost uint64, err error) {
	l.reading.Lock()
	defer l.reading.Unlock()
	file, err := l.begin(timeout)
	if err != nil {
		return 0, 0, err
	}
	const size = unsafe.Sizeof(lineEvent{})
	room := unsafe.Slice((*byte)(unsafe.Pointer(&l.events)), uintptr(min(len(stamps), edgeBatch))*size)
	got, err := file.Read(room)
	if errors.Is(err, os.ErrDeadlineExceeded) && !l.isHalted() {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("bus: waiting for an edge of %s: %w", l, err)
	}
	n = got / int(size)
	for i, e := range l.events[:n] {
		lost += uint64(e.lineSeqn - l.next)
		l.next = e.lineSeqn + 1
		stamps[i] = time.Duration(e.nanoseconds)
	}
	return n, lost, nil
}

// begin sets when a wait ends.
func (l *kernelLine) begin(timeout time.Duration) (*os.File, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil || l.halted {
		return nil, fmt.Errorf("bus: waiting for an edge of %s: %w", l, fs.ErrClosed)
	}
	var end time.Time
	if timeout >= 0 {
		end = time.Now().Add(timeout)
	}
	if err := l.file.SetReadDeadline(end); err != nil {
		return nil, fmt.Errorf("bus: waiting for an edge of %s: %w", l, err)
	}
	return l.file, nil
}

func (l *kernelLine) isHalted() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.halted
}

// Halt wakes who waits for an edge; In allows waiting again.
func (l *kernelLine) Halt() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.halted = true
	if l.file == nil {
		return nil
	}
	if err := l.file.SetReadDeadline(time.Unix(1, 0)); err != nil {
		return fmt.Errorf("bus: halting %s: %w", l, err)
	}
	return nil
}

// PWM implements gpio.PinOut.
func (l *kernelLine) PWM(gpio.Duty, physic.Frequency) error {
	return fmt.Errorf("bus: %s: lines have no PWM", l)
}

// Pull implements gpio.PinIn.
func (l *kernelLine) Pull() gpio.Pull {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pull
}

// DefaultPull implements gpio.PinIn: the kernel does not tell.
func (l *kernelLine) DefaultPull() gpio.Pull { return gpio.PullNoChange }

// Name implements pin.Pin: the line's name, or where it is.
func (l *kernelLine) Name() string {
	if l.spot.line != "" {
		return l.spot.line
	}
	return fmt.Sprintf("%s:%d", l.spot.chip, l.spot.offset)
}

// Number implements pin.Pin: the offset in the chip.
func (l *kernelLine) Number() int { return l.spot.offset }

// Function implements pin.Pin.
func (l *kernelLine) Function() string { return "" }

// String names the line and says where it is.
func (l *kernelLine) String() string {
	at := fmt.Sprintf("%s:%d", l.spot.chip, l.spot.offset)
	return strings.TrimSpace(l.spot.line + " " + at)
}
