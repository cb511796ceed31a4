package advert

import (
	"encoding/hex"
	"errors"
	"fmt"
	"testing"
	"time"

	"osmanthus/drivers/ccm"
)

func un(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var pendant = Address{0x54, 0x48, 0xE6, 0x8F, 0x80, 0xA5}

// press is a press of a BTHome call button: number, battery, event.
func press(number, event byte) Advert {
	return Advert{Address: pendant, Name: "SBBT-002C", ServiceData: []Data{{0xFCD2, []byte{0x44, 0, number, 1, 94, 0x3A, event}}}}
}

// sealed is the same, encrypted under a key and a counter.
func sealed(t testing.TB, key []byte, counter uint32) Advert {
	t.Helper()
	k, err := ccm.New(key)
	if err != nil {
		t.Fatal(err)
	}
	count := []byte{byte(counter), byte(counter >> 8), byte(counter >> 16), byte(counter >> 24)}
	nonce := append(append(append([]byte(nil), pendant[:]...), 0xD2, 0xFC, 0x45), count...)
	c, tag, err := k.Seal(nonce, []byte{0x3A, 1}, nil, 4)
	if err != nil {
		t.Fatal(err)
	}
	return Advert{Address: pendant, ServiceData: []Data{{0xFCD2, append(append(append([]byte{0x45}, c...), count...), tag...)}}}
}

var key = []byte("0123456789abcdef")

func TestACallButton(t *testing.T) {
	for _, event := range []byte{1, 4, 0x80, 0xFE} { // 0xFE: Shelly's that is held down
		a := press(33, event)
		r, err := Decode(&a, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(r.Measures(nil)); got != "[{battery_level 94 %} {button_press 1 1}]" {
			t.Errorf("event %d: got %s", event, got)
		}
	}
	a := press(34, 0)
	if r, _ := Decode(&a, nil); len(r.Measures(nil)) != 1 {
		t.Errorf("a button at rest was pressed: %v", r.Values)
	}
}

// What a ThermoBeacon says of its day was taken for a grill's thermometer, with
// a battery of 126 %.
func TestAThermometersDayIsNoGrill(t *testing.T) {
	a := Advert{Manufacturer: []Data{{0x0010, []byte{0, 0, 0xFE, 0x0D, 0, 0, 6, 0x63, 0xDB, 1, 0x77, 0x9F, 1, 0, 0x82, 1, 0x1C, 0xD3, 0, 0}}}}
	r, err := Decode(&a, nil)
	if err != nil || r.Maker != "ThermoBeacon" || len(r.Measures(nil)) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// What an attacker may send.
func TestWhatIsRefused(t *testing.T) {
	plain := press(1, 1)
	if _, err := Decode(&plain, key); !errors.Is(err, ErrMalformed) {
		t.Errorf("a device with a key that sends without: %v", err)
	}
	secret := sealed(t, key, 1000)
	if r, err := Decode(&secret, []byte("fedcba9876543210")); err != nil || r.Verified || len(r.Values) > 0 {
		t.Errorf("another key: %+v, %v", r, err)
	}
	if r, err := Decode(&secret, nil); err != nil || !r.Encrypted || len(r.Values) > 0 {
		t.Errorf("no key: %+v, %v", r, err)
	}
	if r, err := Decode(&secret, key); err != nil || !r.Verified || len(r.Values) != 1 {
		t.Errorf("its key: %+v, %v", r, err)
	}
	if _, err := Decode(&Advert{Manufacturer: []Data{{0x1234, []byte{1}}}}, nil); !errors.Is(err, ErrUnknown) {
		t.Errorf("an unknown device: %v", err)
	}
}

// Packets that several radios hear, late and repeated.
func TestB4_EachPacketOnce(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, packets := range map[string][]struct {
		ms     int
		radio  int
		number byte
		want   Passage
	}{
		"one radio": {
			{0, 0, 10, Fresh}, {20, 0, 10, Repeated}, {40, 0, 10, Repeated},
			{300, 0, 11, Fresh}, {310, 0, 11, Repeated},
			{5000, 0, 3, Fresh}, // behind, from the radio that said 11: the device began anew
			{6000, 0, 4, Fresh},
			{15000, 0, 4, Repeated}, // its network stood still between two copies
			{50000, 0, 4, Fresh},    // the same again, much later
		},
		"a device whose number stands still": {{0, 0, 4, Fresh}, {1000, 0, 4, Repeated}, {6000, 0, 4, Fresh}},
		"a bridge that stood still": {
			{0, 0, 10, Fresh}, {10, 1, 10, Repeated},
			{5000, 0, 11, Fresh}, {9000, 0, 12, Fresh},
			{20000, 1, 11, Repeated}, {20001, 1, 12, Repeated},
			{20002, 1, 9, Late}, // only this one had heard it
			{20003, 1, 9, Repeated},
			{20004, 1, 13, Fresh}, {20005, 0, 13, Repeated},
		},
		"a new battery, heard first by the other": {
			{0, 0, 100, Fresh}, {5000, 1, 5, Late}, {5010, 0, 5, Again}, {5020, 0, 5, Repeated},
			{6000, 1, 6, Fresh}, {6010, 0, 6, Repeated},
		},
		"far ahead": {{0, 0, 11, Fresh}, {900, 0, 75, Late}, {1000, 1, 75, Repeated}},
		"around":    {{0, 0, 250, Fresh}, {900, 0, 3, Fresh}, {1000, 1, 255, Late}},
	} {
		var g Gate
		for i, p := range packets {
			a := press(p.number, 1)
			r, err := Decode(&a, nil)
			if err != nil {
				t.Fatal(err)
			}
			c := Copy{Radio: p.radio, At: start.Add(time.Duration(p.ms) * time.Millisecond), Raw: uint64(p.number), Said: 1}
			if known := g.Known(c); known && p.want != Repeated {
				t.Errorf("%s: packet %d, number %d is known", name, i, p.number)
			}
			if got, err := g.New(&r, c); got != p.want || err != nil {
				t.Errorf("%s: packet %d, number %d: %v, %v", name, i, p.number, got, err)
			}
		}
	}
}

// A door that numbers nothing opens, closes and opens again within seconds.
func TestB4_AStateThatComesBack(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	const open, closed = 1, 2
	var g Gate
	for i, p := range []struct {
		ms    int
		radio int
		said  uint64
		want  Passage
	}{
		{0, 0, open, Fresh}, {10, 1, open, Repeated}, {100, 0, open, Repeated},
		{1000, 0, closed, Fresh}, {1010, 1, closed, Repeated},
		{2000, 0, open, Again}, {2010, 0, open, Repeated},
		{9000, 0, open, Fresh}, // silence between: nobody knows what was
	} {
		c := Copy{Radio: p.radio, At: start.Add(time.Duration(p.ms) * time.Millisecond), Said: p.said}
		if got, err := g.New(&Report{}, c); got != p.want || err != nil {
			t.Errorf("packet %d: %v, %v", i, got, err)
		}
	}
}

// A bridge that opens what is sealed gives another number than the counter: its
// copy is known by what it says, and cannot turn the counter back.
func TestB4_NumbersOfTwoKinds(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	sealed := func(n uint32) *Report { return &Report{Bits: 32, Encrypted: true, Verified: true, Packet: n} }
	opened := func(n uint32) *Report { return &Report{Bits: 8, Encrypted: true, Verified: true, Packet: n} }
	const press, rest = 1, 2
	var g Gate
	for i, p := range []struct {
		ms    int
		radio int
		r     *Report
		said  uint64
		want  Passage
	}{
		{0, 1, opened(7), press, Fresh}, {50, 0, sealed(5000), press, Repeated}, {100, 1, opened(7), press, Repeated},
		{2000, 0, sealed(5001), rest, Fresh}, {2050, 1, opened(8), rest, Repeated},
		{9000, 0, sealed(5002), press, Fresh}, {9050, 1, opened(9), press, Repeated},
		{15000, 1, opened(10), press, Fresh},                                                 // the other lost it
		{20000, 0, sealed(5000), press, Repeated}, {21000, 0, sealed(4000), press, Repeated}, // recorded by somebody
		{22000, 0, sealed(5001), rest, Repeated}, {60000, 0, sealed(5002), press, Repeated},
	} {
		c := Copy{Radio: p.radio, At: start.Add(time.Duration(p.ms) * time.Millisecond), Said: p.said}
		if got, _ := g.New(p.r, c); got != p.want {
			t.Errorf("packet %d: %v, want %v", i, got, p.want)
		}
	}
}

func TestReplayedPacketsAreRefused(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var g Gate
	for i, p := range []struct {
		counter uint32
		radio   int
		want    Passage
		err     error
	}{
		{1000, 0, Fresh, nil}, {1000, 0, Repeated, nil}, {1002, 0, Fresh, nil},
		{1001, 1, Late, nil}, // another radio's copy of what was never heard
		{1001, 0, Repeated, nil}, {1002, 1, Repeated, nil},
		{900, 0, Repeated, ErrReplayed}, {999, 0, Repeated, ErrReplayed},
		{5, 0, Fresh, nil}, // after a new battery
		{900, 0, Fresh, nil},
		{899, 0, Repeated, ErrReplayed},
	} {
		a := sealed(t, key, p.counter)
		r, err := Decode(&a, key)
		if err != nil || !r.Verified {
			t.Fatal(r, err)
		}
		c := Copy{Radio: p.radio, At: start.Add(time.Duration(i) * time.Second), Said: 1}
		if got, err := g.New(&r, c); got != p.want || !errors.Is(err, p.err) {
			t.Errorf("packet %d, counter %d: %v, %v", i, p.counter, got, err)
		}
	}
	// What is remembered no longer is refused by the window.
	g = Gate{}
	for c := uint32(1000); c < 1020; c++ {
		if got, _ := g.New(&Report{Bits: 32, Verified: true, Packet: c}, Copy{At: start, Said: 1}); got != Fresh {
			t.Fatalf("%d: %v", c, got)
		}
	}
	for radio := range 2 {
		if got, err := g.New(&Report{Bits: 32, Verified: true, Packet: 1003}, Copy{Radio: radio, At: start, Said: 1}); got != Repeated || !errors.Is(err, ErrReplayed) {
			t.Errorf("a counter of long ago, radio %d: %v, %v", radio, got, err)
		}
	}
}

func TestMalformedEvents(t *testing.T) {
	for _, event := range []string{"", "04", "043e", "043e1802010000a5808fe648540c0201060816d2fc400009016", "043e0302010000"} {
		b, _ := hex.DecodeString(event)
		if _, err := ParseHCI(b); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", event, err)
		}
	}
	var a Advert
	if err := a.Parse(un(t, "ff16d2fc")); !errors.Is(err, ErrMalformed) {
		t.Errorf("a structure that is cut: %v", err)
	}
	if err := a.Parse(un(t, "0309414205ff16d2")); err != nil || !a.Cut || a.Name != "AB" {
		t.Errorf("one that is cut after a whole one: %+v, %v", a, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(un(f, "043e1802010000a5808fe648540c0201060816d2fc4000090161cc"), []byte(nil))
	f.Add(un(f, "043e2302010000a5808fe648541702010613161e18fba435e4d3c312fb0011223357d90a99cc"), un(f, "231d39c1d7cc1ab1aee224cd096db932"))
	f.Add(un(f, "043e2202010000a5808fe64854160201061216d2fc40530c48656c6c6f20576f726c6421cc"), []byte(nil))
	f.Add(un(f, "043e2902010000bc9ce344ef541d020106191695fe5859970966bc9ce344ef5401081205000000715ebe90cb"), un(f, "5b51a7c91cde6707c9ef18dfda143a58"))
	f.Add(un(f, "043e2b02010301f27a52fad4cd1f0201061bff990405138a5f61c4f0ffe4ffdc0414c5b6ec29b3f27a52fad4cdbc"), []byte(nil))
	f.Add(un(f, "043e1b02010000b2188d38c1a40f0e161a1811d603fbfa7b6dfb1e26fde2"), un(f, "b9ea895fac7eea6d30532432a516f3a3"))
	f.Add(un(f, "043e2b02010301c4c437d31ed01f0201060303aafe1716aafe10f6037275752e76692f2342475159414d71387798"), []byte(nil))
	f.Add(un(f, "043e22020100004c94b438c1a416151695fe50305b05034c94b438c1a40d10041001ea01cf"), []byte(nil))
	f.Add(un(f, "043e49020102018ef1f645b5c63d0201061aff4c0002159976aed5f58c49af85ebd0ac7281e3f6271b4cb9240d0962696e2d747261636b657200101642524164c6b545f6f18e060601ed25cc"), []byte(nil))
	f.Add(un(f, "043e28020100006f1c40342d581c0201061816cdfd08096f1c40342d580104be000d0207027226020157d1"), []byte(nil))
	f.Fuzz(func(t *testing.T, b, key []byte) {
		a, err := ParseHCI(b)
		if err != nil {
			a = Advert{}
			a.Parse(b)
		}
		if len(key) == 0 {
			key = nil
		}
		r, err := Decode(&a, key)
		if err != nil && len(r.Values) > 0 {
			t.Fatalf("values and %v", err)
		}
		if r.Encrypted && !r.Verified && len(r.Values) > 0 {
			t.Fatal("values without a key that fits")
		}
		r.Measures(nil)
		r.Fields()
	})
}

func BenchmarkDecode(b *testing.B) {
	plain, secret := press(33, 1), sealed(b, key, 1000)
	event := un(b, "043e1802010000a5808fe648540c0201060816d2fc4000090161cc")
	b.Run("bthome", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode(&plain, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bthome-encrypted", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode(&secret, key); err != nil {
				b.Fatal(err)
			}
		}
	})
	phone := Advert{Manufacturer: []Data{{0x004C, un(b, "0f06a033bd08c5001002440c")}}}
	b.Run("unknown", func(b *testing.B) { // most of what a ward's radio hears
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode(&phone, nil); !errors.Is(err, ErrUnknown) {
				b.Fatal(err)
			}
		}
	})
	b.Run("hci", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			a, err := ParseHCI(event)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := Decode(&a, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
