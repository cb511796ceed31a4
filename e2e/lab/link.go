package lab

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Link is the line between home and service: a relay that can be cut so that
// nothing passes and nobody is told, as when a cable is pulled.
type Link struct {
	Addr   string
	target string

	mu       sync.Mutex
	cut      bool
	conns    map[net.Conn]bool
	sent     int64 // bytes towards the target
	received int64 // bytes from it
}

// NewLink relays from a new loopback address to target.
func NewLink(t testing.TB, target string) *Link {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	link := &Link{Addr: l.Addr().String(), target: target, conns: map[net.Conn]bool{}}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { link.relay(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		link.closeAll()
		wg.Wait()
	})
	return link
}

// Cut stops everything that passes; connections stay open and silent.
func (l *Link) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
}

// Mend lets new connections pass; those from before the cut are dead.
func (l *Link) Mend() {
	l.closeAll()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = false
}

// Sent returns the bytes that went towards the target.
func (l *Link) Sent() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent
}

// Received returns the bytes that came from the target.
func (l *Link) Received() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.received
}

func (l *Link) closeAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		c.Close()
	}
}

func (l *Link) hold(c net.Conn, on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if on {
		l.conns[c] = true
	} else {
		delete(l.conns, c)
	}
}

func (l *Link) relay(home net.Conn) {
	l.hold(home, true)
	defer func() { l.hold(home, false); home.Close() }()
	service, err := net.Dial("tcp", l.target)
	if err != nil {
		return
	}
	l.hold(service, true)
	defer func() { l.hold(service, false); service.Close() }()
	var wg sync.WaitGroup
	wg.Go(func() { l.pump(service, home, &l.sent); service.Close() })
	l.pump(home, service, &l.received)
	home.Close()
	wg.Wait()
}

func (l *Link) pump(dst io.Writer, src io.Reader, count *int64) {
	buf := make([]byte, 16<<10)
	for {
		n, err := src.Read(buf)
		l.mu.Lock()
		cut := l.cut
		if !cut {
			*count += int64(n)
		}
		l.mu.Unlock()
		if !cut && n > 0 {
			if _, err := dst.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
