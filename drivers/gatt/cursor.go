package gatt

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrMalformed is what every value that is too short, too long or out of its
// ranges comes to: it is dropped and counted, never guessed.
var ErrMalformed = errors.New("gatt: malformed value")

// cursor reads a value from its beginning; after the first thing that is
// missing it gives zeros, and end says what was wrong.
type cursor struct {
	b   []byte
	err error
}

func (c *cursor) take(n int) []byte {
	if c.err != nil {
		return nil
	}
	if len(c.b) < n {
		c.fail("%d bytes are missing", n-len(c.b))
		return nil
	}
	out := c.b[:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
	}
}

// end wants that nothing is left.
func (c *cursor) end() error {
	if c.err == nil && len(c.b) > 0 {
		c.fail("%d bytes too many", len(c.b))
	}
	return c.err
}

func (c *cursor) u8() uint8 {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) u16() uint16 {
	if b := c.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (c *cursor) u24() uint32 {
	if b := c.take(3); b != nil {
		return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
	}
	return 0
}

func (c *cursor) u32() uint32 {
	if b := c.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (c *cursor) sfloat() Number { return SFloat(c.u16()) }

func (c *cursor) float() Number { return Float(c.u32()) }

func (c *cursor) dateTime() DateTime {
	d := DateTime{Year: c.u16(), Month: c.u8(), Day: c.u8(), Hour: c.u8(), Minute: c.u8(), Second: c.u8()}
	if !d.valid() {
		c.fail("%v is no date and time", d)
	}
	return d
}

// Optional is a field that a flag announces.
type Optional[T any] struct {
	Value T
	OK    bool
}

func some[T any](v T) Optional[T] { return Optional[T]{v, true} }

// MarshalJSON writes the value, or null.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if !o.OK {
		return []byte("null"), nil
	}
	return marshal(o.Value)
}
