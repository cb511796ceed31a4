package radio

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/care"
	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// aerial is a radio that hears what a test says.
type aerial struct {
	name  string
	heard chan ble.Heard
	fail  chan error
	scans int
}

func newAerial(name string) *aerial {
	return &aerial{name: name, heard: make(chan ble.Heard), fail: make(chan error)}
}

func (a *aerial) String() string { return a.name }

func (a *aerial) Scan(ctx context.Context, emit func(ble.Heard)) error {
	a.scans++
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-a.fail:
			return err
		case h := <-a.heard:
			emit(h)
		}
	}
}

// notebook keeps what a hub says.
type notebook struct {
	mu   sync.Mutex
	said []care.Reading
}

func (n *notebook) Reading(r care.Reading) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.said = append(n.said, r)
}

// of returns the values of one metric of one source, in their order.
func (n *notebook) of(source care.SourceID, m care.Metric) (values []float64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, r := range n.said {
		if r.Source == source && r.Metric == m {
			values = append(values, r.Value)
		}
	}
	return values
}

// all returns what was said so far.
func (n *notebook) all() []care.Reading {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.said)
}

func (n *notebook) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.said)
}

// ward is a hub with aerials, in a bubble of time.
type ward struct {
	t       testing.TB
	hub     *Hub
	aerials []*aerial
	notes   *notebook
}

// inWard runs a test in a bubble with as many aerials.
func inWard(t *testing.T, aerials int, devices []Device, test func(w *ward)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &ward{t: t, notes: &notebook{}}
		var stations []Station
		for i := range aerials {
			a := newAerial(fmt.Sprintf("radio-%d", i))
			w.aerials = append(w.aerials, a)
			stations = append(stations, Station{Name: a.name, Radio: a})
		}
		w.run(stations, devices, Opts{}, test)
	})
}

func (w *ward) run(stations []Station, devices []Device, opts Opts, test func(w *ward)) {
	var err error
	if w.hub, err = New(stations, devices, w.notes, opts); err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- w.hub.Run(ctx) }()
	synctest.Wait()
	test(w)
	stop()
	if err := <-done; err != nil {
		w.t.Errorf("the hub ended with %v", err)
	}
}

// hear lets a radio hear an advertisement.
func (w *ward) hear(radio int, rssi int8, h ble.Heard) {
	h.RSSI = rssi
	w.aerials[radio].heard <- h
	synctest.Wait()
}

func (w *ward) want(source care.SourceID, m care.Metric, want ...float64) {
	w.t.Helper()
	if got := w.notes.of(source, m); fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("%s of %s: %v, want %v", m, source, got, want)
	}
}

const address = "A4:C1:38:8D:18:B2"

var tagAddress = advert.Address{0xA4, 0xC1, 0x38, 0x8D, 0x18, 0xB2}

// bthome is a packet of a BTHome device with its number.
func bthome(number byte, objects ...byte) ble.Heard {
	return ble.Heard{Advert: advert.Advert{Address: tagAddress, ServiceData: []advert.Data{
		{ID: 0xFCD2, Bytes: append([]byte{0x44, 0x00, number}, objects...)},
	}}}
}

var (
	pressed = []byte{0x3A, 0x01}
	double  = []byte{0x3A, 0x02}
	long    = []byte{0x3A, 0x04}
	rests   = []byte{0x3A, 0x00}
	opened  = []byte{0x1A, 0x01}
	closed  = []byte{0x1A, 0x00}
)

func device(kind string) Device {
	return Device{ID: "s-1", Resident: "r-1", Kind: kind, Address: address}
}

func TestAPressIsOneReadingHoweverOftenItIsHeard(t *testing.T) {
	inWard(t, 2, []Device{device("callpoint")}, func(w *ward) {
		for i := range 6 {
			w.hear(i%2, -60, bthome(7, pressed...))
			time.Sleep(200 * time.Millisecond)
		}
		w.want("s-1", care.ButtonPress, 1)
		w.hear(0, -60, bthome(8, rests...))
		for n, kind := range [][]byte{pressed, double, long} {
			time.Sleep(time.Second)
			for range 3 {
				w.hear(1, -60, bthome(byte(9+n), kind...))
				w.hear(0, -60, bthome(byte(9+n), kind...))
			}
		}
		w.want("s-1", care.ButtonPress, 1, 1, 1, 1)
		for _, r := range w.notes.all() {
			if r.Source == "s-1" && r.Resident != "r-1" {
				t.Errorf("%+v", r)
			}
		}
	})
}

// A bridge whose network stood still hands everything over afterwards: a press
// that nobody else heard still calls, and a door stays as it is now.
func TestALatePressCallsAndALateDoorDoesNot(t *testing.T) {
	devices := []Device{device("callpoint"), {ID: "s-2", Resident: "r-1", Kind: "door", Address: address}}
	inWard(t, 2, devices, func(w *ward) {
		w.hear(0, -60, bthome(1, opened...))
		time.Sleep(8 * time.Second)
		w.hear(0, -60, bthome(4, closed...))
		time.Sleep(8 * time.Second)
		w.hear(1, -60, bthome(1, opened...))
		w.hear(1, -60, bthome(2, pressed...))
		w.hear(1, -60, bthome(3, opened...))
		w.hear(1, -60, bthome(4, closed...))
		w.want("s-1", care.ButtonPress, 1)
		w.want("s-2", care.Door, 1, 0)
	})
}

func TestOnlyConfiguredDevicesAreTaken(t *testing.T) {
	inWard(t, 1, []Device{device("door")}, func(w *ward) {
		other := bthome(1, opened...)
		other.Address[5]++
		w.hear(0, -60, other)
		w.hear(0, -60, other)
		if s := w.hub.Stats(); s.Adverts != 2 || s.Unknown != 2 || s.Strangers != 1 {
			t.Errorf("%+v", s)
		}
		for _, r := range w.notes.all() {
			if r.Metric != care.RadioState {
				t.Errorf("said %+v", r)
			}
		}
	})
}

func TestARadioThatPanicsOrFailsIsBegunAgain(t *testing.T) {
	inWard(t, 2, []Device{device("door")}, func(w *ward) {
		w.aerials[0].fail <- errors.New("the wire was cut")
		synctest.Wait()
		w.hear(1, -60, bthome(1, opened...)) // its neighbour goes on
		time.Sleep(2 * time.Second)
		w.hear(0, -60, bthome(2, closed...))
		w.want("s-1", care.Door, 1, 0)
		if s := w.hub.Stats(); s.Restarts != 1 || w.aerials[0].scans != 2 {
			t.Errorf("%+v, %d scans", s, w.aerials[0].scans)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		w := &ward{t: t, notes: &notebook{}}
		wild := &panicky{aerial: newAerial("wild")}
		w.run([]Station{{Name: "wild", Radio: wild}}, []Device{device("door")}, Opts{}, func(w *ward) {
			time.Sleep(2 * time.Second)
			wild.heard <- bthome(1, opened...)
			synctest.Wait()
			w.want("s-1", care.Door, 1)
			if s := w.hub.Stats(); s.Panics != 1 {
				t.Errorf("%+v", s)
			}
		})
	})
}

// panicky panics in its first scan.
type panicky struct{ *aerial }

func (p *panicky) Scan(ctx context.Context, emit func(ble.Heard)) error {
	if p.scans++; p.scans == 1 {
		panic("nil pointer")
	}
	return p.aerial.Scan(ctx, emit)
}
