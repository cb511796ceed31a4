package bus

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"

	"osmanthus/drivers/remote"

	"go.bug.st/serial"
)

// OpenSerial opens the serial line at an address: /dev/serial/by-id/…, which
// names an adapter whatever was plugged in before it, /dev/ttyUSB0, /dev/ttyAMA0,
// or sim:unix:///path/to.sock#name. It runs with 8 data bits, no parity, one stop
// bit and no flow control.
//
// Read returns within wait at the latest, with 0 bytes and no error where nothing
// came. An adapter that is pulled out is an error of Read, and the address has to
// be opened again.
func OpenSerial(addr string, baud int, wait time.Duration) (io.ReadWriteCloser, error) {
	if remote.IsAddr(addr) {
		return remote.OpenSerial(addr, baud, wait)
	}
	if !strings.HasPrefix(addr, "/dev/") {
		return nil, fmt.Errorf("bus: address %q is neither /dev/… nor %s/path/to.sock#name", addr, remote.Scheme)
	}
	port, err := serial.Open(addr, &serial.Mode{BaudRate: baud, DataBits: 8})
	if err == nil {
		if err = port.SetReadTimeout(wait); err != nil {
			err = errors.Join(err, port.Close())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("bus: opening %s at %d baud: %w", addr, baud, said(err))
	}
	return &serialLine{port, addr}, nil
}

// serialLine is a line of the machine.
type serialLine struct {
	serial.Port
	addr string
}

// Read implements io.Reader.
func (l *serialLine) Read(p []byte) (int, error) {
	n, err := l.Port.Read(p)
	if err != nil {
		err = fmt.Errorf("bus: %s: %w", l.addr, said(err))
	}
	return n, err
}

// Write implements io.Writer.
func (l *serialLine) Write(p []byte) (int, error) {
	n, err := l.Port.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		err = fmt.Errorf("bus: %s: %w", l.addr, said(err))
	}
	return n, err
}

// Close gives the line back. What was not sent yet is thrown away: the kernel
// would wait half a minute for an adapter that does not take it.
func (l *serialLine) Close() error {
	_ = l.Port.ResetOutputBuffer() // a line that is gone has none
	if err := l.Port.Close(); err != nil {
		return fmt.Errorf("bus: closing %s: %w", l.addr, err)
	}
	return nil
}

// said gives the errors of the library their errno, and words for whoever stands
// at the gateway.
func said(err error) error {
	var p *serial.PortError
	if !errors.As(err, &p) {
		return err
	}
	switch p.Code() {
	case serial.PortBusy:
		return fmt.Errorf("another program has it open: %w", syscall.EBUSY)
	case serial.PermissionDenied:
		return fmt.Errorf("the agent's user may not, and is to be in the group of the device, often dialout: %w", syscall.EACCES)
	case serial.PortClosed:
		return fmt.Errorf("it was pulled out: %w", syscall.EIO)
	}
	return err
}
