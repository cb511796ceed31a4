package bluez

import (
	"io"
	"sync/atomic"
)

// tap stands between the bus and the library: it reads whole messages, gives
// the frequent signals to take, and everything else to the library.
type tap struct {
	bus  io.ReadWriteCloser
	take func(message []byte) bool // reports whether it took the message

	talking atomic.Bool // the handshake is over, messages follow
	in      []byte      // what was read; in[at:] is not used up
	at      int
	message []byte // the rest of the message that the library reads
}

// growth is how much is read at once, in bytes.
const growth = 64 << 10

// begin is the last line of the handshake; the bus says nothing between its
// answer before and the first message.
const begin = "BEGIN\r\n"

func (t *tap) Write(p []byte) (int, error) {
	if !t.talking.Load() && string(p) == begin {
		t.talking.Store(true)
	}
	return t.bus.Write(p)
}

func (t *tap) Close() error { return t.bus.Close() }

// Read is called by one goroutine at a time, the library's reader.
func (t *tap) Read(p []byte) (int, error) {
	if !t.talking.Load() {
		return t.bus.Read(p)
	}
	for len(t.message) == 0 {
		b, err := t.next()
		if err != nil {
			return 0, err
		}
		if !t.take(b) {
			t.message = b
		}
	}
	n := copy(p, t.message)
	t.message = t.message[n:]
	return n, nil
}

// next returns the next message; it is good until the call after.
func (t *tap) next() ([]byte, error) {
	if err := t.have(head); err != nil {
		return nil, err
	}
	n, err := length(t.in[t.at:])
	if err != nil {
		return nil, err
	}
	if err := t.have(n); err != nil {
		return nil, err
	}
	b := t.in[t.at : t.at+n]
	t.at += n
	return b, nil
}

// have reads until n bytes are there.
func (t *tap) have(n int) error {
	for len(t.in)-t.at < n {
		if t.at > 0 {
			t.in = t.in[:copy(t.in, t.in[t.at:])]
			t.at = 0
		}
		if want := max(n, growth); cap(t.in) < want || cap(t.in) > 8*growth && want < growth*2 {
			t.in = append(make([]byte, 0, want), t.in...) // grows for a long message, and shrinks after it
		}
		got, err := t.bus.Read(t.in[len(t.in):cap(t.in)])
		t.in = t.in[:len(t.in)+got]
		if got == 0 && err != nil {
			return err
		}
	}
	return nil
}
