package esphome

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// proxy is a device at the other end of a connection.
type proxy struct {
	*link
	t *testing.T
}

func (p proxy) next() (frame, error) {
	return p.link.next(func() error { return p.send(msgPingRequest, nil) })
}

// meet lets a client with opts talk with a device that behaves, and returns what
// it heard and how it ended.
func meet(t *testing.T, opts Opts, key []byte, behave func(p proxy)) (heard []string, err error) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer theirs.Close()
			p := proxy{&link{conn: theirs, key: key, ping: DefaultPing}, t}
			if key == nil || p.accept(key) {
				behave(p)
			}
		}()
		err = New(ours, opts).Run(t.Context(), func(h Heard) { heard = append(heard, h.Address.String()) })
		<-done
	})
	return heard, err
}

// accept is the device's side of the handshake.
func (p proxy) accept(key []byte) bool {
	if _, err := p.body(); err != nil { // the empty greeting
		return false
	}
	first, err := p.body()
	if err != nil {
		return false
	}
	p.write(appendNoise(nil, append([]byte{1}, "hall\x00a4c1388d18b2\x00"...)))
	h, err := newHandshake(key, prologue, false, nil)
	if err != nil {
		p.t.Error(err)
		return false
	}
	if _, _, _, err := h.ReadMessage(nil, first[1:]); err != nil {
		p.write(appendNoise(nil, append([]byte{1}, "Handshake MAC failure"...)))
		return false
	}
	answer, in, out, err := h.WriteMessage(nil, nil)
	if err != nil {
		p.t.Error(err)
	}
	p.write(appendNoise(nil, append([]byte{0}, answer...)))
	p.secret = &secret{out, in}
	return true
}

func (p proxy) want(kind uint64) {
	p.t.Helper()
	if f, err := p.next(); err != nil || f.kind != kind {
		p.t.Errorf("got message %d, %v, want %d", f.kind, err, kind)
	}
}

// greet answers the greeting and the subscription.
func (p proxy) greet(name string, major uint64) {
	p.want(msgHelloRequest)
	p.send(msgHelloResponse, message(nil).number(1, major).text(4, name))
	if major == 1 && name == "hall" {
		p.want(msgDeviceInfoRequest)
	}
}

var batch = un("0a1a08b2b1b4c49398291077220e0201060a16d2fc4002ca0903bf130a1608a581beb48e891510b5011801220702010603030d18")

var (
	key   = bytes.Repeat([]byte{7}, 32)
	wrong = bytes.Repeat([]byte{8}, 32)
)

// A proxy hears two tags, asks for the time and hangs up, plain and encrypted.
func TestAProxyHears(t *testing.T) {
	for name, k := range map[string][]byte{"plain": nil, "encrypted": key} {
		t.Run(name, func(t *testing.T) {
			heard, err := meet(t, Opts{Key: k, Name: "hall"}, k, func(p proxy) {
				p.greet("hall", 1)
				p.want(msgSubscribeAdverts)
				p.send(msgRawAdverts, batch)
				p.send(1234, []byte("newer than this client"))
				p.send(msgGetTimeRequest, nil)
				p.want(msgGetTimeResponse)
				p.send(msgPingRequest, nil)
				p.want(msgPingResponse)
				p.send(msgDisconnectRequest, nil)
				p.want(msgDisconnectResponse)
			})
			if strings.Join(heard, " ") != "A4:C1:38:8D:18:B2 54:48:E6:8F:80:A5" || err == nil || !strings.Contains(err.Error(), "hall hung up") {
				t.Errorf("heard %v, %v", heard, err)
			}
		})
	}
}

// What panics ends this connection with an error, and nothing else.
func TestAPanicEndsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		go func() {
			p := proxy{&link{conn: theirs, ping: DefaultPing}, t}
			p.greet("hall", 1)
			p.want(msgSubscribeAdverts)
			p.send(msgRawAdverts, batch)
		}()
		err := New(ours, Opts{}).Run(t.Context(), func(Heard) { panic("nobody thought of this") })
		if !errors.Is(err, ErrProtocol) || !strings.Contains(err.Error(), "nobody thought of this") {
			t.Errorf("it ends with %v", err)
		}
	})
}

func TestWhoIsNotTalkedTo(t *testing.T) {
	for _, c := range []struct {
		name   string
		opts   Opts
		key    []byte
		behave func(p proxy)
		want   string
	}{
		{"another device", Opts{Name: "hall"}, nil, func(p proxy) { p.greet("kitchen", 1) }, `the device is "kitchen", not "hall"`},
		{"another version", Opts{}, nil, func(p proxy) { p.greet("hall", 2) }, "version 2"},
		{"another key", Opts{Key: wrong}, key, func(proxy) {}, "Handshake MAC failure"},
		{"one that wants encryption", Opts{}, nil, func(p proxy) { p.next(); p.write([]byte{1, 0, 0}) }, "requires encryption"},
		{"one that wants none", Opts{Key: key}, nil, func(p proxy) {
			var in [64]byte
			p.conn.Read(in[:])
			p.write([]byte{0, 0, 1})
		}, "plaintext"},
		{"one that babbles", Opts{}, nil, func(p proxy) { p.next(); p.write([]byte("HTTP/1.1")) }, "invalid preamble"},
		{"one that goes", Opts{}, nil, func(p proxy) { p.next() }, "cut"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := meet(t, c.opts, c.key, c.behave); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// A device that is silent is asked every 20 s, and given up after 90.
func TestASilentDeviceIsGivenUp(t *testing.T) {
	pings := 0
	began := time.Now()
	var took time.Duration
	_, err := meet(t, Opts{}, nil, func(p proxy) {
		began = time.Now()
		p.greet("hall", 1)
		p.want(msgSubscribeAdverts)
		for {
			var in [64]byte
			p.conn.SetReadDeadline(time.Time{})
			n, err := p.conn.Read(in[:])
			if err != nil {
				took = time.Since(began)
				return
			}
			if n == 3 && in[2] == msgPingRequest {
				pings++
			}
		}
	})
	if err == nil || !strings.Contains(err.Error(), "does not answer") || pings != 4 || took < 85*time.Second || took > 95*time.Second {
		t.Errorf("%d pings in %v: %v", pings, took, err)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- New(ours, Opts{}).Run(ctx, func(Heard) {}) }()
		synctest.Wait()
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestParseKey(t *testing.T) {
	if k, err := ParseKey("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="); err != nil || !bytes.Equal(k, key) {
		t.Errorf("%x, %v", k, err)
	}
	if _, err := ParseKey("BwcH"); err == nil {
		t.Error("a short key was taken")
	}
}

func FuzzFrames(f *testing.F) {
	f.Add(un("00345d0a1a08b2b1b4c49398291077220e0201060a16d2fc4002ca0903bf130a1608a581beb48e891510b5011801220702010603030d18"))
	f.Add(un("01001f01706f6f6c686f757365383170726f78790032343463616230363439396300"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if fr, n, err := plainFrame(b); err == nil && n > 0 {
			if n > len(b) {
				t.Fatalf("%d of %d bytes", n, len(b))
			}
			rawAdverts(fr.payload, func(Heard) {})
			helloResponse(fr.payload)
		}
		if body, n, err := noiseFrame(b); err == nil && n > 0 {
			serverHello(body)
		}
	})
}

func BenchmarkRawAdverts(b *testing.B) {
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if err := rawAdverts(batch, func(Heard) { n++ }); err != nil {
			b.Fatal(err)
		}
	}
}
