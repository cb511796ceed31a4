package bus

import (
	"bytes"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The kernel's GPIO character device, version 2 of its interface: the layouts
// and numbers of include/uapi/linux/gpio.h.

const (
	gpioChipInfo  = 0x8044b401 // GPIO_GET_CHIPINFO_IOCTL
	gpioLineInfo  = unix.GPIO_V2_GET_LINEINFO_IOCTL
	gpioGetLine   = unix.GPIO_V2_GET_LINE_IOCTL
	gpioGetValues = unix.GPIO_V2_LINE_GET_VALUES_IOCTL
	gpioSetValues = unix.GPIO_V2_LINE_SET_VALUES_IOCTL
)

// GPIO_V2_LINE_FLAG_…
const (
	flagInput        = 1 << 2
	flagOutput       = 1 << 3
	flagEdgeRising   = 1 << 4
	flagEdgeFalling  = 1 << 5
	flagPullUp       = 1 << 8
	flagPullDown     = 1 << 9
	flagBiasDisabled = 1 << 10
)

// struct gpiochip_info
type chipInfo struct {
	name, label [32]byte
	lines       uint32
}

// struct gpio_v2_line_attribute
type lineAttr struct {
	id, _ uint32
	value uint64
}

// struct gpio_v2_line_info
type lineInfo struct {
	name, consumer   [32]byte
	offset, numAttrs uint32
	flags            uint64
	attrs            [10]lineAttr
	_                [4]uint32
}

// struct gpio_v2_line_config_attribute
type configAttr struct {
	attr lineAttr
	mask uint64
}

// struct gpio_v2_line_request, with its struct gpio_v2_line_config
type lineRequest struct {
	offsets  [64]uint32
	consumer [32]byte
	flags    uint64
	numAttrs uint32
	_        [5]uint32
	attrs    [10]configAttr
	numLines uint32
	events   uint32 // room for so many
	_        [5]uint32
	fd       int32
}

// struct gpio_v2_line_values
type lineValues struct{ bits, mask uint64 }

// struct gpio_v2_line_event
type lineEvent struct {
	nanoseconds     uint64 // CLOCK_MONOTONIC
	id, offset      uint32
	seqno, lineSeqn uint32 // from 1, of events that found no room, too
	_               [6]uint32
}

// Go lays these out as C does, also on 32 bits, or this does not compile.
var (
	_ [68]byte  = [unsafe.Sizeof(chipInfo{})]byte{}
	_ [256]byte = [unsafe.Sizeof(lineInfo{})]byte{}
	_ [592]byte = [unsafe.Sizeof(lineRequest{})]byte{}
	_ [48]byte  = [unsafe.Sizeof(lineEvent{})]byte{}
)

// gpioControl makes one call on an open chip or line.
func gpioControl(fd int, request uint, arg unsafe.Pointer) error {
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(request), uintptr(arg))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return errno
		}
	}
}

// text is a name that the kernel ends with a zero.
func text(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}
