// Package ccm is AES in counter mode with CBC-MAC (RFC 3610), by which tags and
// bands encrypt what they advertise. The standard library has no such mode.
package ccm

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrOpen says that the message was made with another key, or changed.
var ErrOpen = errors.New("ccm: the message does not fit the key")

// Key opens messages. It is safe for concurrent use.
type Key struct{ block cipher.Block }

// New takes an AES key of 16, 24 or 32 bytes.
func New(key []byte) (*Key, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("ccm: %w", err)
	}
	return &Key{b}, nil
}

// Open decrypts ciphertext and checks its tag of 4 to 16 bytes. The nonce has 7
// to 13 bytes, the additional data less than 65280, the ciphertext less than
// 65536.
func (k *Key) Open(nonce, ciphertext, tag, additional []byte) ([]byte, error) {
	if err := bounds(nonce, ciphertext, tag, additional); err != nil {
		return nil, err
	}
	plain := k.stream(nonce, ciphertext)
	if subtle.ConstantTimeCompare(k.mac(nonce, plain, additional, len(tag)), tag) != 1 {
		return nil, ErrOpen
	}
	return plain, nil
}

// Seal encrypts plain and returns its ciphertext and a tag of size bytes; for
// tests and models.
func (k *Key) Seal(nonce, plain, additional []byte, size int) (ciphertext, tag []byte, err error) {
	if size < 0 || size > 16 {
		return nil, nil, fmt.Errorf("ccm: a tag of %d bytes", size)
	}
	if err := bounds(nonce, plain, make([]byte, size), additional); err != nil {
		return nil, nil, err
	}
	return k.stream(nonce, plain), k.mac(nonce, plain, additional, size), nil
}

// Unchecked decrypts without looking at a tag: some legacy devices cut it. The
// plain text may be anything.
func (k *Key) Unchecked(nonce, ciphertext []byte) ([]byte, error) {
	if err := bounds(nonce, ciphertext, make([]byte, 4), nil); err != nil {
		return nil, err
	}
	return k.stream(nonce, ciphertext), nil
}

func bounds(nonce, text, tag, additional []byte) error {
	switch {
	case len(nonce) < 7 || len(nonce) > 13:
		return fmt.Errorf("ccm: a nonce of %d bytes", len(nonce))
	case len(tag) < 4 || len(tag) > 16 || len(tag)%2 != 0:
		return fmt.Errorf("ccm: a tag of %d bytes", len(tag))
	case len(text) > 0xFFFF || len(additional) >= 0xFF00:
		return fmt.Errorf("ccm: a message of %d bytes with %d of additional data", len(text), len(additional))
	}
	return nil
}

// counter is the block A_i of RFC 3610.
func counter(nonce []byte, i uint16) (a [16]byte) {
	a[0] = byte(14 - len(nonce)) // L-1
	copy(a[1:], nonce)
	binary.BigEndian.PutUint16(a[14:], i)
	return a
}

func (k *Key) stream(nonce, in []byte) []byte {
	out := make([]byte, len(in))
	a := counter(nonce, 1)
	cipher.NewCTR(k.block, a[:]).XORKeyStream(out, in)
	return out
}

// mac is the encrypted CBC-MAC over the first block, the additional data and
// the text.
func (k *Key) mac(nonce, plain, additional []byte, size int) []byte {
	x := counter(nonce, uint16(len(plain)))
	x[0] |= byte((size - 2) / 2 << 3)
	if len(additional) > 0 {
		x[0] |= 1 << 6
	}
	k.block.Encrypt(x[:], x[:])
	if len(additional) > 0 {
		head := binary.BigEndian.AppendUint16(make([]byte, 0, 32), uint16(len(additional)))
		k.absorb(&x, append(head, additional...))
	}
	k.absorb(&x, plain)
	s := counter(nonce, 0)
	k.block.Encrypt(s[:], s[:])
	subtle.XORBytes(x[:], x[:], s[:])
	return x[:size]
}

// absorb takes b in, padded with zeros to whole blocks.
func (k *Key) absorb(x *[16]byte, b []byte) {
	for len(b) > 0 {
		n := subtle.XORBytes(x[:], x[:], b)
		b = b[n:]
		k.block.Encrypt(x[:], x[:])
	}
}
