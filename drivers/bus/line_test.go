package bus

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"periph.io/x/conn/v3/gpio"
)

// piped is a line whose edges a test writes, and on which no level can be read.
func piped(t *testing.T) (*kernelLine, func(seqno uint32, at time.Duration)) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	l := &kernelLine{path: "/dev/gpiochip0", spot: spot{"gpiochip0", 4, "cord"}, file: r, fd: int(r.Fd()), next: 1}
	if err := syscall.SetNonblock(l.fd, true); err != nil {
		t.Fatal(err)
	}
	return l, func(seqno uint32, at time.Duration) {
		e := lineEvent{nanoseconds: uint64(at), lineSeqn: seqno}
		if _, err := w.Write(unsafe.Slice((*byte)(unsafe.Pointer(&e)), unsafe.Sizeof(e))); err != nil {
			t.Fatal(err)
		}
	}
}

// A normally closed contact whose line cannot be read must not look closed.
func TestA2_ALineThatCannotBeReadIsAnError(t *testing.T) {
	l, _ := piped(t)
	l.last = gpio.High
	if level := l.Read(); !errors.Is(l.Err(), syscall.ENOTTY) || level != gpio.High {
		t.Errorf("%v, %v", level, l.Err())
	}
	if err := l.Out(gpio.High); err == nil {
		t.Error("a line that is not there can be driven")
	}
	closed := &kernelLine{path: "/dev/gpiochip0", fd: -1}
	if level := closed.Read(); !errors.Is(closed.Err(), fs.ErrClosed) || level != gpio.Low {
		t.Errorf("%v, %v", level, closed.Err())
	}
	if err := closed.Close(); err != nil {
		t.Error(err)
	}
}

func TestA8_EdgesThatFoundNoRoomAreCounted(t *testing.T) {
	l, edge := piped(t)
	stamps := make([]time.Duration, 100)
	for seq := uint32(1); seq <= 20; seq++ {
		edge(seq, time.Duration(seq)*time.Millisecond)
	}
	for _, want := range []int{16, 4} {
		if n, lost, err := l.ReadEdges(stamps, time.Second); n != want || lost != 0 || err != nil {
			t.Errorf("%d edges, %d lost, %v; want %d", n, lost, err, want)
		}
	}
	if stamps[3] != 20*time.Millisecond {
		t.Errorf("the last was at %v", stamps[3])
	}
	edge(31, time.Second)
	if n, lost, err := l.ReadEdges(stamps, time.Second); n != 1 || lost != 10 || err != nil {
		t.Errorf("%d edges, %d lost, %v", n, lost, err)
	}
}

func TestHaltEndsAWait(t *testing.T) {
	l, _ := piped(t)
	if n, _, err := l.ReadEdges(make([]time.Duration, 1), time.Millisecond); n != 0 || err != nil {
		t.Errorf("%d edges, %v", n, err)
	}
	done := make(chan bool)
	go func() { done <- l.WaitForEdge(-1) }()
	for l.reading.TryLock() { // until it waits
		l.reading.Unlock()
		time.Sleep(time.Microsecond)
	}
	if err := l.Halt(); err != nil {
		t.Fatal(err)
	}
	if <-done {
		t.Error("an edge that was none")
	}
	if l.WaitForEdge(-1) {
		t.Error("a halted line has edges")
	}
}

// A line that is closed under who waits is given back when nobody waits any more.
func TestCloseEndsAWait(t *testing.T) {
	l, _ := piped(t)
	done := make(chan bool)
	go func() { done <- l.WaitForEdge(-1) }()
	for l.reading.TryLock() {
		l.reading.Unlock()
		time.Sleep(time.Microsecond)
	}
	for range 2 {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if <-done {
		t.Error("an edge that was none")
	}
}

func BenchmarkReadEdges(b *testing.B) {
	r, w, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	l := &kernelLine{file: r, fd: int(r.Fd()), next: 1}
	if err := syscall.SetNonblock(l.fd, true); err != nil {
		b.Fatal(err)
	}
	var e lineEvent
	event := unsafe.Slice((*byte)(unsafe.Pointer(&e)), unsafe.Sizeof(e))
	stamps := make([]time.Duration, edgeBatch)
	b.ReportAllocs()
	for b.Loop() {
		e.lineSeqn++
		if _, err := w.Write(event); err != nil {
			b.Fatal(err)
		}
		if n, lost, err := l.ReadEdges(stamps, time.Second); n != 1 || lost != 0 || err != nil {
			b.Fatal(n, lost, err)
		}
	}
}
