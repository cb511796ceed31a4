package bluez

import "encoding/binary"

// cursor walks over marshalled values. What does not fit makes it bad, and every
// value after that zero.
type cursor struct {
	b     []byte // begins at a multiple of 8 of the message
	at    int
	order binary.ByteOrder
	bad   bool
}

func (c *cursor) take(n int) []byte {
	if c.bad || n < 0 || n > len(c.b)-c.at {
		c.bad = true
		return nil
	}
	b := c.b[c.at : c.at+n]
	c.at += n
	return b
}

func (c *cursor) align(n int) { c.take((n - c.at%n) % n) }

func (c *cursor) u8() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) u16() uint16 {
	c.align(2)
	if b := c.take(2); b != nil {
		return c.order.Uint16(b)
	}
	return 0
}

func (c *cursor) u32() uint32 {
	c.align(4)
	if b := c.take(4); b != nil {
		return c.order.Uint32(b)
	}
	return 0
}

// str reads a string or an object path.
func (c *cursor) str() []byte {
	n := c.u32()
	if n >= maxMessage {
		c.bad = true
		return nil
	}
	b := c.take(int(n) + 1)
	if b == nil {
		return nil
	}
	return b[:n]
}

func (c *cursor) signature() []byte {
	n := int(c.u8())
	b := c.take(n + 1)
	if b == nil {
		return nil
	}
	return b[:n]
}

// array reads the length of an array and goes to its first element, which is
// aligned to n; it returns where the array ends.
func (c *cursor) array(n int) (end int) {
	size := c.u32()
	c.align(n)
	if c.bad || int64(size) > int64(len(c.b)-c.at) {
		c.bad = true
		return c.at
	}
	return c.at + int(size)
}

// bytes reads an array of bytes.
func (c *cursor) bytes() []byte {
	end := c.array(1)
	return c.take(end - c.at)
}

// maxDepth is how deep containers may stand in each other (D-Bus specification,
// "Valid Signatures" allows 32 arrays and 32 structs; variants count as well).
const maxDepth = 64

// skip goes over values of the types of sig.
func (c *cursor) skip(sig []byte, depth int) {
	if depth > maxDepth {
		c.bad = true
	}
	for len(sig) > 0 && !c.bad {
		one := complete(sig)
		if one == 0 {
			c.bad = true
			return
		}
		c.skipOne(sig[:one], depth)
		sig = sig[one:]
	}
}

func (c *cursor) skipOne(sig []byte, depth int) {
	switch sig[0] {
	case 's', 'o':
		c.str()
	case 'g':
		c.signature()
	case 'v':
		c.skip(c.signature(), depth+1)
	case 'a':
		end := c.array(alignment(sig[1]))
		c.take(end - c.at)
	case '(', '{':
		c.align(8)
		c.skip(sig[1:len(sig)-1], depth+1)
	default:
		n := alignment(sig[0]) // of all the others it is their size, too
		c.align(n)
		c.take(n)
	}
}

// alignment of a type by its first letter.
func alignment(kind byte) int {
	switch kind {
	case 'n', 'q':
		return 2
	case 'b', 'i', 'u', 'h', 's', 'o', 'a':
		return 4
	case 'x', 't', 'd', '(', '{':
		return 8
	}
	return 1 // y, g, v
}

// complete returns the length of the first complete type of sig, 0 where there
// is none.
func complete(sig []byte) int {
	open := 0
	for i, kind := range sig {
		switch kind {
		case 'a':
			continue
		case '(', '{':
			open++
			continue
		case ')', '}':
			if open--; open < 0 || sig[i-1] == 'a' {
				return 0
			}
		case 'y', 'b', 'n', 'q', 'i', 'u', 'x', 't', 'd', 's', 'o', 'g', 'v', 'h':
		default:
			return 0
		}
		if open == 0 {
			return i + 1
		}
	}
	return 0
}
