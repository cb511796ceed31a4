package bus

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pty is a serial line of this machine's kernel without an adapter: what is
// written to one end is read at the other.
func pty(t *testing.T) (far *os.File, addr string) {
	t.Helper()
	far, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	t.Cleanup(func() { far.Close() })
	var n int
	raw, err := far.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) {
			if err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); err == nil {
				n, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
			}
		})
	}
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	return far, fmt.Sprintf("/dev/pts/%d", n)
}

// A line of a real kernel: bytes pass as they are, silence ends after its time,
// and a line whose other end is gone is an error.
func TestASerialLineOfTheKernel(t *testing.T) {
	for _, baud := range []int{115200, 256000, 1382400} {
		far, addr := pty(t)
		line, err := OpenSerial(addr, baud, 20*time.Millisecond)
		if err != nil {
			t.Fatalf("%d baud: %v", baud, err)
		}
		sent := "\x00\x01\x03\x04\x11\x13\x1a\r\n\xff\xf4" // nothing is taken for a control character
		if _, err := far.WriteString(sent); err != nil {
			t.Fatal(err)
		}
		var got []byte
		for buf := make([]byte, 64); len(got) < len(sent); {
			n, err := line.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, buf[:n]...)
		}
		if string(got) != sent {
			t.Errorf("read %q", got)
		}
		if n, err := line.Read(make([]byte, 8)); n != 0 || err != nil {
			t.Errorf("silence: %d bytes, %v", n, err)
		}
		if _, err := line.Write([]byte("\xfd\n")); err != nil {
			t.Error(err)
		}
		back := make([]byte, 2)
		if _, err := far.Read(back); err != nil || string(back) != "\xfd\n" {
			t.Errorf("the other end read %q, %v", back, err)
		}
		far.Close()
		if _, err := line.Read(back); !errors.Is(err, syscall.EIO) {
			t.Errorf("the other end is gone: %v", err)
		}
		if err := line.Close(); err != nil {
			t.Error(err)
		}
		if _, err := line.Read(back); err == nil {
			t.Error("a closed line reads")
		}
	}
}

func TestSerialLinesThatCannotBeOpened(t *testing.T) {
	for addr, says := range map[string]string{
		"ttyUSB0":                   "neither /dev/",
		"/dev/no-such-line":         "no such file",
		"sim:unix:///no.sock#radar": "no.sock",
		"sim:unix:///no.sock":       "is not sim:unix://",
		"/dev/null":                 "opening /dev/null at 115200 baud",
	} {
		if _, err := OpenSerial(addr, 115200, time.Second); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", addr, err, says)
		}
	}
}
