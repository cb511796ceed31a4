// Package ble is what all radios for Bluetooth Low Energy have in common, be it
// the machine's own adapter or a bridge in another room: they hear
// advertisements, and some of them connect.
//
// It holds no radio. drivers/bluez, drivers/esphome and drivers/blebridge
// implement it; who chooses between them stands above.
package ble

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"osmanthus/drivers/advert"
)

// Errors that a caller tells apart.
var (
	// ErrNoSlot is returned by Connect while all connections of the radio are used.
	ErrNoSlot = errors.New("ble: no free connection")
	// ErrUnreachable is returned by Connect where the device does not answer.
	ErrUnreachable = errors.New("ble: device does not answer")
	// ErrGone is returned by every use of a connection that has ended.
	ErrGone = errors.New("ble: connection ended")
	// ErrNotPermitted is returned where the device wants a bond first.
	ErrNotPermitted = errors.New("ble: not permitted without a bond")
)

// Heard is one advertisement as a radio heard it.
type Heard struct {
	advert.Advert
	At          time.Time // when the radio handed it over
	Random      bool      // the address is a random one
	Connectable bool      // as far as the radio knows
	// Connected says that this is no advertisement: the device is connected by
	// this radio, and to nobody who asked, so it is in reach and will not speak
	// until somebody does.
	Connected bool
	// Report is what a bridge made of it that gives nothing raw, else nil.
	Report *advert.Report
}

// Radio hears advertisements.
type Radio interface {
	// Scan calls emit with each advertisement, from one goroutine, until ctx ends
	// (then it returns ctx.Err()) or the radio fails. emit must return soon and
	// must not keep the slices.
	Scan(ctx context.Context, emit func(Heard)) error
	// String names the radio, as in "hci0".
	String() string
}

// Central is a Radio that connects.
type Central interface {
	Radio
	// Slots is how many connections it holds at once.
	Slots() int
	// Connect connects within the deadline of ctx, which is required, and
	// discovers the services. A connect that fails leaves nothing behind.
	Connect(ctx context.Context, device Device) (Conn, error)
}

// Device is whom to connect to.
type Device struct {
	Address advert.Address
	Random  bool // the address is a random one
	Bond    bool // pair and bond when it is not yet
}

// Conn is one connection. Its methods may be called concurrently; every one
// ends within the deadline of its ctx.
type Conn interface {
	// Characteristics are those of the device, in the order of their handles.
	Characteristics() []Characteristic
	Read(ctx context.Context, c Characteristic) ([]byte, error)
	Write(ctx context.Context, c Characteristic, value []byte) error
	// Subscribe calls notify with each notification or indication, in their
	// order, until the connection ends. notify must not block and must not keep
	// the bytes.
	Subscribe(ctx context.Context, c Characteristic, notify func([]byte)) error
	// Done is closed when the connection has ended, for whatever reason.
	Done() <-chan struct{}
	// Close ends the connection and gives its slot back. It is idempotent.
	Close() error
}

// Characteristic is one characteristic of a service.
type Characteristic struct {
	Service, UUID UUID
	Handle        uint16 // of the value; 0 where the radio has none
	Properties    Properties
}

// Properties are the bits of the characteristic declaration (Bluetooth Core,
// volume 3, part G, 3.3.1.1).
type Properties uint8

// The properties that matter here.
const (
	CanRead            Properties = 0x02
	CanWriteNoResponse Properties = 0x04
	CanWrite           Properties = 0x08
	CanNotify          Properties = 0x10
	CanIndicate        Properties = 0x20
)

// UUID is a 128-bit UUID, the most significant byte first.
type UUID [16]byte

// base is the Bluetooth Base UUID 00000000-0000-1000-8000-00805F9B34FB.
var base = UUID{6: 0x10, 8: 0x80, 11: 0x80, 12: 0x5F, 13: 0x9B, 14: 0x34, 15: 0xFB}

// UUID16 returns the UUID that Bluetooth SIG's 16-bit number stands for.
func UUID16(n uint16) UUID {
	u := base
	u[2], u[3] = byte(n>>8), byte(n)
	return u
}

// Short returns the 16-bit number, and false for a UUID that has none.
func (u UUID) Short() (uint16, bool) {
	n := uint16(u[2])<<8 | uint16(u[3])
	return n, u == UUID16(n)
}

// String returns it as in 0000180d-0000-1000-8000-00805f9b34fb.
func (u UUID) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// ParseUUID reads 4, 8 or 32 hexadecimal digits, the last with or without dashes.
func ParseUUID(s string) (u UUID, err error) {
	digits := strings.ReplaceAll(s, "-", "")
	switch len(digits) {
	case 4, 8:
		n, err := strconv.ParseUint(digits, 16, 32)
		if err != nil {
			return u, fmt.Errorf("ble: %q is no UUID", s)
		}
		u = UUID16(uint16(n))
		u[0], u[1] = byte(n>>24), byte(n>>16)
		return u, nil
	case 32:
		for i := range u {
			n, err := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
			if err != nil {
				return UUID{}, fmt.Errorf("ble: %q is no UUID", s)
			}
			u[i] = byte(n)
		}
		return u, nil
	}
	return u, fmt.Errorf("ble: %q is no UUID", s)
}
