package radio

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// field appends a field of a protocol buffer: a number, or bytes.
func field(b []byte, n int, v any) []byte {
	switch v := v.(type) {
	case uint64:
		return binary.AppendUvarint(append(b, byte(n<<3)), v)
	case int:
		return binary.AppendUvarint(append(b, byte(n<<3)), uint64(v))
	case []byte:
		return append(binary.AppendUvarint(append(b, byte(n<<3|2)), uint64(len(v))), v...)
	}
	return b
}

// bandProxy is an ESPHome proxy that hears a heart rate band and connects to it.
type bandProxy struct {
	mu    sync.Mutex
	conn  net.Conn
	band  bool // it is connected
	times int  // that it was
}

const bandNumber uint64 = 0xA4C1388D18B2

func (p *bandProxy) send(kind byte, payload []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conn.Write(append(binary.AppendUvarint(binary.AppendUvarint([]byte{0}, uint64(len(payload))), uint64(kind)), payload...))
}

func (p *bandProxy) slots() {
	free := 3
	if p.band {
		free--
	}
	p.send(81, field(field(nil, 1, free), 2, 3))
}

func (p *bandProxy) serve(conn net.Conn) {
	p.conn, p.band = conn, false
	defer conn.Close()
	of := field(nil, 1, bandNumber)
	in := bufio.NewReader(conn)
	for {
		if _, err := in.ReadByte(); err != nil {
			return
		}
		size, _ := binary.ReadUvarint(in)
		kind, err := binary.ReadUvarint(in)
		payload := make([]byte, size)
		if _, e := io.ReadFull(in, payload); err != nil || e != nil {
			return
		}
		switch kind {
		case 1:
			p.send(2, field(field(nil, 1, 1), 4, []byte("hall")))
		case 9:
			p.send(10, field(nil, 15, 0x3F))
		case 66:
			p.send(93, field(nil, 1, field(field(field(nil, 1, bandNumber), 2, 119), 4, []byte{2, 1, 6, 3, 3, 0x0D, 0x18})))
		case 80:
			p.slots()
		case 68:
			p.band = payload[8] != 1 // 1 asks for the end
			connected := 0
			if p.band {
				connected, p.times = 1, p.times+1
			}
			p.send(69, field(field(field(nil, 1, bandNumber), 2, connected), 3, 64))
			p.slots()
		case 70:
			config := field(field(nil, 2, 0x12), 3, 0x2902)
			measurement := field(field(field(field(nil, 2, 0x11), 3, 0x10), 4, config), 5, 0x2A37)
			p.send(71, append(of, field(nil, 2, field(field(field(nil, 2, 0x10), 3, measurement), 4, 0x180D))...))
			p.send(72, of)
		case 78:
			p.send(84, append(of, field(nil, 2, 0x11)...))
		case 77:
			p.send(83, append(of, field(nil, 2, 0x12)...))
			p.send(79, append(of, field(field(nil, 2, 0x11), 3, []byte{0x06, 72})...))
		}
	}
}

// Hub, proxy, leases and session together, over TCP: a band that a proxy hears is
// connected to and measures; when the proxy is cut off, it is found again.
func TestB3_ABandThroughAProxy(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := &bandProxy{}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.serve(conn)
		}
	}()
	d := device("band")
	d.Connects = true
	hub, notes := startHub(t, Spec{Name: "hall", Kind: "esphome", Address: l.Addr().String()}, []Device{d}, Opts{})
	bands, err := NewBands([]Band{{ID: "s-1", Resident: "r-1", Kind: "band", Address: tagAddress}}, hub, notes, BandOpts{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); bands.Run(ctx) }()
	defer func() { stop(); <-ended }()
	until(t, "heart rate", func() bool { return len(notes.of("s-1", care.HeartRate)) == 1 })
	until(t, "wear", func() bool { return len(notes.of("s-1", care.WearState)) == 1 })
	if s := bands.Stats(); s.Connected != 1 || s.Failed != 0 {
		t.Errorf("%+v", s)
	}
	if !hub.stations[0].busy() {
		t.Error("the hub does not know of the connection, and would end it for a quiet minute")
	}
	p.mu.Lock()
	p.conn.Close() // the proxy loses its power
	p.mu.Unlock()
	until(t, "end of the connection", func() bool { return bands.Stats().Connected == 0 })
	until(t, "new connection", func() bool { return bands.Stats().Connected == 1 && bands.Stats().Connects == 2 })
}

// loneProxy is a proxy in a flat in which nothing but a band could be heard: it
// advertises while nobody is connected to it. All connections end with a scan.
type loneProxy struct {
	*modelRadio
	band  *modelled
	scans int
}

func (r *loneProxy) Connections() int {
	if _, on := r.band.was(); on {
		return 1
	}
	return 0
}

func (r *loneProxy) Scan(ctx context.Context, emit func(ble.Heard)) error {
	r.scans++
	defer r.band.vanish()
	for every := time.NewTicker(time.Second); ; {
		select {
		case <-ctx.Done():
			every.Stop()
			return ctx.Err()
		case <-every.C:
		}
		if _, on := r.band.was(); !on {
			emit(ble.Heard{Advert: advert.Advert{Address: tagAddress, RSSI: -60}, At: time.Now(), Connectable: true})
		}
	}
}

// Who is connected to falls silent on the air: the proxy is not deaf for that.
func TestB2_AProxyKeepsTheBandThatFellSilentForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := wristband()
		r := &loneProxy{modelRadio: &modelRadio{name: "hall", slots: 3, devices: map[advert.Address]*modelled{tagAddress: m}}, band: m}
		d := device("band")
		d.Connects = true
		notes := &notebook{}
		hub, err := New([]Station{{Name: "hall", Radio: r}}, []Device{d}, notes, Opts{})
		if err != nil {
			t.Fatal(err)
		}
		bands, err := NewBands([]Band{{ID: "s-1", Resident: "r-1", Kind: "band", Address: tagAddress}}, hub, notes, BandOpts{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { hub.Run(ctx) })
		running.Go(func() { bands.Run(ctx) })
		for range 24 * 3600 {
			time.Sleep(time.Second)
			m.mu.Lock()
			if m.conn != nil {
				m.conn.send(heartRate, []byte{0x06, 72})
			}
			m.mu.Unlock()
		}
		if times, _ := m.was(); times > 3 {
			t.Errorf("connected to %d times in a day, %d scans", times, r.scans)
		}
		for _, s := range notes.of("hall", care.RadioState) {
			if s == care.RadioGone {
				t.Fatal("the proxy is said to be deaf")
			}
		}
		stop()
		running.Wait()
	})
}
