package bluez

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/godbus/dbus/v5"

	"osmanthus/drivers/advert"
	"osmanthus/drivers/bluez/fakebluez"
)

const (
	daemon = ":1.7"
	tag    = "/org/bluez/hci0/dev_A4_C1_38_8D_18_B2"
)

// heardSignal is what BlueZ signals for one advertisement of a thermometer.
func heardSignal() []byte {
	return fakebluez.Signal(daemon, tag, ifaceProps, "PropertiesChanged", ifaceDevice, map[string]dbus.Variant{
		"RSSI": dbus.MakeVariant(int16(-71)),
		"ServiceData": dbus.MakeVariant(map[string]dbus.Variant{
			"0000fcd2-0000-1000-8000-00805f9b34fb": dbus.MakeVariant([]byte{0x40, 0x00, 0x5A, 0x01, 0x61, 0x02, 0xCA, 0x09, 0x03, 0xBF, 0x13}),
		}),
	}, []string{})
}

func notifySignal() []byte {
	return fakebluez.Signal(daemon, tag+"/service0010/char0011", ifaceProps, "PropertiesChanged", ifaceChar, map[string]dbus.Variant{
		"Value": dbus.MakeVariant([]byte{0x16, 72, 0, 4}),
	}, []string{})
}

func addedSignal() []byte {
	return fakebluez.Signal(daemon, "/", ifaceObjects, "InterfacesAdded", dbus.ObjectPath(tag), map[string]map[string]dbus.Variant{
		"org.freedesktop.DBus.Introspectable": {},
		ifaceDevice: {
			"Address": dbus.MakeVariant("A4:C1:38:8D:18:B2"), "AddressType": dbus.MakeVariant("random"),
			"Name": dbus.MakeVariant("ATC"), "RSSI": dbus.MakeVariant(int16(-71)), "TxPower": dbus.MakeVariant(int16(4)),
			"UUIDs":            dbus.MakeVariant([]string{"0000181a-0000-1000-8000-00805f9b34fb", "6e400001-b5a3-f393-e0a9-e50e24dcca9e"}),
			"Connected":        dbus.MakeVariant(false),
			"ManufacturerData": dbus.MakeVariant(map[uint16]dbus.Variant{0x0499: dbus.MakeVariant([]byte{5, 1, 2})}),
			"AdvertisingData":  dbus.MakeVariant(map[byte]dbus.Variant{0x2D: dbus.MakeVariant([]byte{1})}),
			"Odd":              dbus.MakeVariant([]any{"a", int64(1), []any{true, 1.5}}),
		},
	})
}

// listener is a link without a bus.
func listener() *link {
	return &link{
		adapter: "/org/bluez/hci0", owner: daemon, hearing: true, queue: newQueue(16), changed: make(chan struct{}),
		conns: map[advert.Address]*conn{}, values: map[string]func([]byte){},
	}
}

func TestWhatIsHeardIsReadWhereItStands(t *testing.T) {
	l := listener()
	for _, m := range [][]byte{addedSignal(), heardSignal()} {
		if !l.take(m) {
			t.Fatal("not taken")
		}
	}
	var s slot
	want := advert.Address{0xA4, 0xC1, 0x38, 0x8D, 0x18, 0xB2}
	if !l.queue.take(&s) || s.heard.Address != want || s.heard.Name != "ATC" || !s.heard.Random || s.heard.RSSI != -71 ||
		len(s.heard.Services) != 1 || s.heard.Services[0] != 0x181A || len(s.heard.Manufacturer) != 1 || len(s.heard.ServiceData) != 0 {
		t.Errorf("%+v", s.heard)
	}
	if !l.queue.take(&s) || s.heard.Name != "ATC" || len(s.heard.ServiceData) != 1 || len(s.heard.ServiceData[0].Bytes) != 11 || len(s.heard.Manufacturer) != 0 {
		t.Errorf("%+v", s.heard)
	}
	if l.queue.take(&s) {
		t.Error("one too many")
	}
}

// Every message that is cut, or has a byte changed, is refused or read as
// something: never more than what it says.
func TestBrokenMessages(t *testing.T) {
	for _, m := range [][]byte{addedSignal(), heardSignal(), notifySignal()} {
		for i := range m {
			listener().take(m[:i])
			for _, x := range []byte{0, 1, 0x7F, 0xFF} {
				broken := bytes.Clone(m)
				broken[i] = x
				listener().take(broken)
			}
		}
	}
	for text, sig := range map[string]string{
		"an array of nothing": "a", "a struct that does not end": "(s", "one that does not begin": "s)", "an entry of an array of nothing": "(a)", "no type": "z",
	} {
		if n := complete([]byte(sig)); n != 0 && text != "one that does not begin" {
			t.Errorf("%s: %d", text, n)
		}
		c := cursor{b: make([]byte, 64), order: binary.LittleEndian}
		if c.skip([]byte(sig), 0); !c.bad {
			t.Errorf("%s is passed over", text)
		}
	}
	deep := cursor{b: bytes.Repeat([]byte{1, 'v', 0}, 200), order: binary.LittleEndian}
	if deep.skip([]byte("v"), 0); !deep.bad {
		t.Error("200 variants in each other")
	}
}

// pieces gives what it has in pieces of n bytes.
type pieces struct {
	io.Reader
	n int
}

func (p pieces) Read(b []byte) (int, error)  { return p.Reader.Read(b[:min(p.n, len(b))]) }
func (p pieces) Write(b []byte) (int, error) { return len(b), nil }
func (p pieces) Close() error                { return nil }

// The library sees the messages that nobody takes, whole and in order, however
// the bytes come; and the handshake before them.
func TestTheTapLosesNothing(t *testing.T) {
	long := fakebluez.Signal(daemon, "/long", "a.b", "Long", make([]byte, 300<<10))
	short := fakebluez.Signal(daemon, "/short", "a.b", "Short")
	var stream, want []byte
	stream = append(stream, "OK\r\n"...)
	for range 3 {
		for _, m := range [][]byte{heardSignal(), short, notifySignal(), long, heardSignal()} {
			stream = append(stream, m...)
		}
		want = append(append(want, short...), long...)
	}
	for _, n := range []int{1, 7, 4096, 1 << 20} {
		taken := 0
		tap := &tap{bus: pieces{bytes.NewReader(stream), n}, take: func(m []byte) bool {
			s, ok, err := readSignal(m)
			if err != nil || !ok {
				t.Fatal(err)
			}
			if string(s.member) == "PropertiesChanged" {
				taken++
				return true
			}
			return false
		}}
		line := make([]byte, 4)
		if _, err := io.ReadFull(tap, line); err != nil || string(line) != "OK\r\n" {
			t.Fatalf("%q, %v", line, err)
		}
		if _, err := tap.Write([]byte(begin)); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(tap)
		if err != nil || !bytes.Equal(got, want) || taken != 9 {
			t.Errorf("in pieces of %d: %d bytes of %d, %d taken, %v", n, len(got), len(want), taken, err)
		}
	}
	bad := &tap{bus: pieces{bytes.NewReader(make([]byte, 64)), 64}, take: func([]byte) bool { return true }}
	bad.talking.Store(true)
	if _, err := bad.Read(make([]byte, 8)); !errors.Is(err, errMessage) {
		t.Errorf("no message: %v", err)
	}
}

func TestNothingIsAllocatedForWhatIsHeard(t *testing.T) {
	l := listener()
	heard, notified := heardSignal(), notifySignal()
	n := 0
	l.values[tag+"/service0010/char0011"] = func(v []byte) { n += len(v) }
	var s slot
	turn := func() {
		l.take(heard)
		l.take(notified)
		l.queue.take(&s)
	}
	for range 2 * len(l.queue.slots) {
		turn()
	}
	if a := testing.AllocsPerRun(1000, turn); a != 0 {
		t.Errorf("%v allocations", a)
	}
	if n == 0 {
		t.Error("not notified")
	}
}

func TestManyDevicesAtOnceAreBounded(t *testing.T) {
	var ds devices
	for i := range 3 * maxDevices {
		d := ds.get(advert.Address{0, 0, byte(i >> 16), byte(i >> 8), byte(i), 1})
		d.learn(&properties{name: []byte("x"), rssi: -1, hasRSSI: true})
	}
	if len(ds.known) != maxDevices {
		t.Errorf("%d are remembered", len(ds.known))
	}
	if d := ds.get(advert.Address{9}); d.name != "" || d.rssi != 0 {
		t.Errorf("%+v is another's", d)
	}
}

func TestNoMessageIsNumberZero(t *testing.T) {
	var s serials
	s.last.Store(1<<32 - 2)
	for _, want := range []uint32{1<<32 - 1, 1, 2} {
		if n := s.GetSerial(); n != want {
			t.Errorf("%d, want %d", n, want)
		}
	}
}

func TestAWaitThatNoSignalEndsAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus, err := dbus.NewConn(pieces{bytes.NewReader(nil), 1})
		if err != nil {
			t.Fatal(err)
		}
		defer bus.Close()
		l := listener()
		l.bus = bus
		asked := 0
		began := time.Now()
		err = l.until(t.Context(), func() (bool, error) { asked++; return asked == 4, nil })
		if took := time.Since(began); err != nil || took != 3*pollEvery {
			t.Errorf("%v after %v", err, took)
		}
	})
}

func FuzzTake(f *testing.F) {
	f.Add(heardSignal())
	f.Add(notifySignal())
	f.Add(addedSignal())
	f.Fuzz(func(t *testing.T, m []byte) {
		l := listener()
		l.values[tag+"/service0010/char0011"] = func([]byte) {}
		l.take(m)
		var s slot
		for l.queue.take(&s) {
			size := 0
			for _, d := range append(s.heard.ServiceData, s.heard.Manufacturer...) {
				size += len(d.Bytes)
			}
			if size > len(m) || s.heard.RSSI < -127 || s.heard.RSSI > 20 {
				t.Errorf("%+v of % x", s.heard, m)
			}
		}
	})
}

// One advertisement from the bus to the queue, and out of it.
func BenchmarkAdvert(b *testing.B) {
	l := listener()
	m := heardSignal()
	var s slot
	b.ReportAllocs()
	for b.Loop() {
		if !l.take(m) || !l.queue.take(&s) {
			b.Fatal("not heard")
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "adverts/s")
}

func BenchmarkNotification(b *testing.B) {
	l := listener()
	m := notifySignal()
	l.values[tag+"/service0010/char0011"] = func([]byte) {}
	b.ReportAllocs()
	for b.Loop() {
		l.take(m)
	}
}

// The same signal through the library alone, for comparison.
func BenchmarkLibrary(b *testing.B) {
	m := heardSignal()
	r := bytes.NewReader(nil)
	b.ReportAllocs()
	for b.Loop() {
		r.Reset(m)
		if _, err := dbus.DecodeMessage(r); err != nil {
			b.Fatal(err)
		}
	}
}
