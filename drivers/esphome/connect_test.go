package esphome

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// The device of these tests is a thermometer with a battery.
var (
	thermometer = advert.Address{0xA4, 0xC1, 0x38, 0x8D, 0x18, 0xB2}
	other       = advert.Address{0x54, 0x48, 0xE6, 0x8F, 0x80, 0xA5}
)

const (
	temperatureHandle = 0x11
	configHandle      = 0x12
	batteryHandle     = 0x15
	lockedHandle      = 0x17
)

func halves(u ble.UUID) message {
	var m message
	for i := 0; i < 16; i += 8 {
		v := uint64(0)
		for _, b := range u[i : i+8] {
			v = v<<8 | uint64(b)
		}
		m = m.number(1, v)
	}
	return m
}

// thermometerServices is the same device in the words of two firmwares: long
// UUIDs, and short ones.
func thermometerServices(address uint64) []message {
	config := halves(clientConfig).number(2, configHandle)
	temperature := halves(ble.UUID16(0x2A1C)).number(2, temperatureHandle).number(3, uint64(ble.CanIndicate)).text(4, string(config))
	health := halves(ble.UUID16(0x1809)).number(2, 0x10).text(3, string(temperature))
	level := message(nil).number(2, batteryHandle).number(3, uint64(ble.CanRead)).number(5, 0x2A19)
	locked := message(nil).number(2, lockedHandle).number(3, uint64(ble.CanRead|ble.CanWrite)).number(5, 0x2A2B)
	battery := message(nil).number(2, 0x14).text(3, string(level)).text(3, string(locked)).number(4, 0x180F)
	return []message{
		message(nil).number(1, address).text(2, string(health)),
		message(nil).number(1, address).text(2, string(battery)),
	}
}

// modelled is a proxy that has connections, as its firmware does it.
type modelled struct {
	proxy
	features uint64
	limit    int
	held     map[uint64]bool
	deaf     map[uint64]bool // addresses that do not answer
	strays   []uint64        // that an earlier client left
	asked    []string        // what was asked for, in order
	cached   bool            // the client said that it knew the services
}

func (m *modelled) log(format string, args ...any) {
	m.asked = append(m.asked, fmt.Sprintf(format, args...))
}

// serve answers until the connection ends.
func (m *modelled) serve() {
	for {
		f, err := m.next()
		if err != nil {
			return
		}
		m.answer(f)
	}
}

func (m *modelled) free() message {
	s := message(nil).number(1, uint64(m.limit-len(m.held)-len(m.strays))).number(2, uint64(m.limit))
	for a := range m.held {
		s = s.number(3, a)
	}
	var packed message
	for _, a := range m.strays {
		packed = appendUvarint(packed, a)
	}
	return s.text(3, string(packed))
}

func appendUvarint(m message, v uint64) message {
	for ; v >= 0x80; v >>= 7 {
		m = append(m, byte(v)|0x80)
	}
	return append(m, byte(v))
}

func (m *modelled) answer(f frame) {
	a, _ := readAnswer(f.payload)
	about := message(nil).number(1, a.address).number(2, a.second)
	switch f.kind {
	case msgHelloRequest:
		m.send(msgHelloResponse, message(nil).number(1, 1).text(4, "hall"))
	case msgDeviceInfoRequest:
		m.send(msgDeviceInfoResponse, message(nil).number(15, m.features))
	case msgSubscribeAdverts:
		m.send(msgRawAdverts, batch)
	case msgSubscribeSlots:
		m.send(msgSlots, m.free())
	case msgDevice:
		m.device(a)
	case msgServicesRequest:
		for _, s := range thermometerServices(a.address) {
			m.send(msgServices, s)
		}
		m.send(msgServicesDone, message(nil).number(1, a.address))
	case msgRead:
		switch a.second {
		case batteryHandle:
			m.send(msgReadResponse, about.text(3, "\x5a"))
		case lockedHandle:
			m.send(msgError, about.number(3, attAuthentication))
		} // others never answer
	case msgWrite:
		m.log("write %#x %x", a.second, writtenValue(f.payload))
		m.send(msgWriteResponse, about)
	case msgWriteDescriptor:
		m.log("descriptor %#x %x", a.second, a.data)
		m.send(msgWriteResponse, about)
		m.send(msgNotified, message(nil).number(1, a.address).number(2, temperatureHandle).text(3, "\x00\x6c\x01\x00\xff"))
	case msgNotify:
		m.log("notify %#x %d", a.second, a.third)
		if a.third == 1 {
			m.send(msgNotifyResponse, about)
		}
	case msgPingRequest:
		m.send(msgPingResponse, nil)
	}
}

func writtenValue(b []byte) (v []byte) {
	fields(b, func(f field) error {
		if f.number == 4 {
			v = f.bytes
		}
		return nil
	})
	return v
}

func (m *modelled) device(a answer) {
	switch a.second {
	case askConnect, askConnectAnew, askConnectCached:
		m.cached = a.second == askConnectCached
		if m.deaf[a.address] {
			return
		}
		m.held[a.address] = true
		m.send(msgDeviceResponse, message(nil).number(1, a.address).number(2, 1).number(3, 247))
	case askDisconnect:
		m.log("disconnect %x", a.address&0xFF)
		delete(m.held, a.address)
		m.strays = nil
		m.send(msgDeviceResponse, message(nil).number(1, a.address).number(4, 0x16))
	case askPair:
		m.send(msgPairResponse, message(nil).number(1, a.address).number(2, 1))
		return
	}
	m.send(msgSlots, m.free())
}

// box is an end of a connection that does not wait for who reads, as TCP: two
// sides may speak at once.
type box struct {
	net.Conn
	out chan []byte
}

func boxed(c net.Conn) *box {
	b := &box{c, make(chan []byte, 64)}
	go func() {
		for p := range b.out {
			if p == nil {
				c.Close()
			} else if _, err := c.Write(p); err != nil {
				for range b.out {
				}
				return
			}
		}
	}()
	return b
}

func (b *box) Write(p []byte) (int, error) {
	b.out <- append([]byte{}, p...)
	return len(p), nil
}

// Close writes what is left first.
func (b *box) Close() error {
	b.out <- nil
	return nil
}

// through lets a story happen at a client that is connected to its model.
func through(t *testing.T, key []byte, set func(*modelled), story func(ctx context.Context, p *Client, m *modelled)) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		near, far := boxed(ours), boxed(theirs)
		defer close(near.out)
		m := &modelled{proxy: proxy{&link{conn: far, key: key, ping: time.Hour}, t}, features: 0x3F, limit: 3,
			held: map[uint64]bool{}, deaf: map[uint64]bool{}}
		if set != nil {
			set(m)
		}
		served := make(chan struct{})
		go func() {
			defer close(served)
			defer close(far.out)
			defer theirs.Close()
			if key == nil || m.accept(key) {
				m.serve()
			}
		}()
		p := New(near, Opts{Key: key, Name: "hall"})
		ctx, stop := context.WithCancel(t.Context())
		scanned := make(chan error, 1)
		go func() { scanned <- p.Run(ctx, func(Heard) {}) }()
		synctest.Wait()
		bounded, cancel := context.WithTimeout(ctx, time.Minute)
		story(bounded, p, m)
		cancel()
		stop()
		<-scanned
		theirs.Close()
		<-served
	})
}

// A thermometer is connected to, read, subscribed to and left, plain and
// encrypted; its services are asked for only once.
func TestAThermometerThroughAProxy(t *testing.T) {
	for name, k := range map[string][]byte{"plain": nil, "encrypted": key} {
		t.Run(name, func(t *testing.T) {
			through(t, k, nil, func(ctx context.Context, p *Client, m *modelled) {
				c, err := p.Connect(ctx, ble.Device{Address: thermometer, Bond: true})
				if err != nil {
					t.Fatal(err)
				}
				list := c.Characteristics()
				if len(list) != 3 || list[0].UUID != ble.UUID16(0x2A1C) || list[0].Service != ble.UUID16(0x1809) || list[1].UUID != ble.UUID16(0x2A19) ||
					list[1].Service != ble.UUID16(0x180F) || list[1].Handle != batteryHandle || list[1].Properties != ble.CanRead {
					t.Fatalf("%+v", list)
				}
				if v, err := c.Read(ctx, list[1]); err != nil || len(v) != 1 || v[0] != 90 {
					t.Errorf("battery %x, %v", v, err)
				}
				if _, err := c.Read(ctx, list[2]); !errors.Is(err, ble.ErrNotPermitted) {
					t.Errorf("a locked value: %v", err)
				}
				if err := c.Write(ctx, list[2], []byte{1, 2}); err != nil {
					t.Error(err)
				}
				var heard []string
				if err := c.Subscribe(ctx, list[0], func(b []byte) { heard = append(heard, fmt.Sprintf("%x", b)) }); err != nil {
					t.Error(err)
				}
				synctest.Wait()
				if strings.Join(heard, " ") != "006c0100ff" {
					t.Errorf("heard %v", heard)
				}
				for range 2 {
					if err := c.Close(); err != nil {
						t.Error(err)
					}
				}
				if _, err := c.Read(ctx, list[1]); !errors.Is(err, ble.ErrGone) {
					t.Errorf("a read after the end: %v", err)
				}
				if got := strings.Join(m.asked, ", "); got != "write 0x17 0102, notify 0x11 1, descriptor 0x12 0200, notify 0x11 0, disconnect b2" {
					t.Errorf("the proxy was asked: %s", got)
				}
				again, err := p.Connect(ctx, ble.Device{Address: thermometer})
				if err != nil || !m.cached || len(again.Characteristics()) != 3 {
					t.Errorf("again: %v, cached %v", err, m.cached)
				}
			})
		})
	}
}

// A device that does not answer costs no slot, however often it is tried.
func TestB3_AFailedConnectKeepsNoSlot(t *testing.T) {
	through(t, nil, nil, func(ctx context.Context, p *Client, m *modelled) {
		m.deaf[number(thermometer)] = true
		for range 20 {
			short, stop := context.WithTimeout(ctx, time.Second)
			_, err := p.Connect(short, ble.Device{Address: thermometer})
			stop()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		for i := range 3 {
			device := other
			device[5] = byte(i)
			if _, err := p.Connect(ctx, ble.Device{Address: device}); err != nil {
				t.Fatalf("slot %d: %v", i, err)
			}
		}
		if _, err := p.Connect(ctx, ble.Device{Address: other}); !errors.Is(err, ble.ErrNoSlot) || p.Slots() != 3 {
			t.Errorf("a fourth on %d slots: %v", p.Slots(), err)
		}
	})
}

// A read that is never answered ends with its context, and the next one works.
func TestAReadIsBoundedByItsContext(t *testing.T) {
	through(t, nil, nil, func(ctx context.Context, p *Client, _ *modelled) {
		c, err := p.Connect(ctx, ble.Device{Address: thermometer})
		if err != nil {
			t.Fatal(err)
		}
		short, stop := context.WithTimeout(ctx, time.Second)
		defer stop()
		if _, err := c.Read(short, c.Characteristics()[0]); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if v, err := c.Read(ctx, c.Characteristics()[1]); err != nil || v[0] != 90 {
			t.Errorf("%x, %v", v, err)
		}
	})
}

// The device vanishes, and then the proxy: Done says so, and every use.
func TestWhatVanishesEndsItsConnections(t *testing.T) {
	through(t, nil, nil, func(ctx context.Context, p *Client, m *modelled) {
		first, err := p.Connect(ctx, ble.Device{Address: thermometer})
		if err != nil {
			t.Fatal(err)
		}
		second, err := p.Connect(ctx, ble.Device{Address: other})
		if err != nil {
			t.Fatal(err)
		}
		m.send(msgDeviceResponse, message(nil).number(1, number(thermometer)).number(4, 8))
		<-first.Done()
		select {
		case <-second.Done():
			t.Error("its neighbour ended, too")
		default:
		}
		m.conn.(*box).Conn.Close()
		<-second.Done()
		synctest.Wait()
		for _, c := range []ble.Conn{first, second} {
			if _, err := c.Read(ctx, ble.Characteristic{Handle: batteryHandle}); !errors.Is(err, ble.ErrGone) {
				t.Error(err)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
		if _, err := p.Connect(ctx, ble.Device{Address: thermometer}); !errors.Is(err, ble.ErrGone) {
			t.Errorf("through a proxy that is gone: %v", err)
		}
	})
}

// What an earlier client left connected is ended when the next one comes.
func TestB3_StraysAreEnded(t *testing.T) {
	through(t, nil, func(m *modelled) { m.strays = []uint64{number(thermometer), number(other)} },
		func(ctx context.Context, p *Client, m *modelled) {
			if got := strings.Join(m.asked, ", "); got != "disconnect b2, disconnect a5" {
				t.Errorf("the proxy was asked: %s", got)
			}
		})
}

// When the agent ends, so do its connections.
func TestB3_TheLastWordEndsAllConnections(t *testing.T) {
	var model *modelled
	through(t, nil, func(m *modelled) { model = m }, func(ctx context.Context, p *Client, m *modelled) {
		if _, err := p.Connect(ctx, ble.Device{Address: thermometer}); err != nil {
			t.Fatal(err)
		}
	})
	if got := strings.Join(model.asked, ", "); got != "disconnect b2" {
		t.Errorf("the proxy was asked: %s", got)
	}
}

func TestWhoOnlyListensHasNoSlots(t *testing.T) {
	through(t, nil, func(m *modelled) { m.features = 0x21 }, func(ctx context.Context, p *Client, _ *modelled) {
		if _, err := p.Connect(ctx, ble.Device{Address: thermometer}); !errors.Is(err, ble.ErrNoSlot) || p.Slots() != 0 {
			t.Errorf("%d slots, %v", p.Slots(), err)
		}
	})
}

func FuzzConnections(f *testing.F) {
	for _, m := range thermometerServices(number(thermometer)) {
		f.Add([]byte(m))
	}
	f.Add([]byte(message(nil).number(1, 3).number(2, 3).number(3, 7)))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := services(b, nil)
		if len(list) > maxCharacteristics || err == nil && len(list) > len(b) {
			t.Fatalf("%d characteristics of %d bytes", len(list), len(b))
		}
		readAnswer(b)
		readFree(b)
		deviceInfo(b)
		firstNumber(b)
	})
}
