package radio

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"osmanthus/drivers/ble"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// Every state of a lease and every event.
func TestB3_EveryStateOfALeaseAndEveryEvent(t *testing.T) {
	const radio, none = "hall", leaseState(255)
	states := map[string]func(l *Leases) LeaseID{
		"connecting": func(l *Leases) LeaseID { return l.last },
		"held":       func(l *Leases) LeaseID { l.Connected(l.last, noon); return l.last },
		"ending": func(l *Leases) LeaseID {
			l.Connected(l.last, noon)
			l.leave(l.lease(l.last), noon)
			return l.last
		},
	}
	events := map[string]func(l *Leases, id LeaseID){
		"connected":    func(l *Leases, id LeaseID) { l.Connected(id, noon) },
		"failed":       func(l *Leases, id LeaseID) { l.Failed(id, noon) },
		"refused":      func(l *Leases, id LeaseID) { l.Refused(id, noon) },
		"ended":        func(l *Leases, id LeaseID) { l.Ended(id, noon) },
		"31 s":         func(l *Leases, id LeaseID) { l.Next(noon.Add(31 * time.Second)) },
		"a call waits": func(l *Leases, id LeaseID) { l.Ask("call", []string{radio}, noon); l.Next(noon) },
		"asks again":   func(l *Leases, id LeaseID) { l.Ask("band", nil, noon); l.Next(noon); l.Drop("band") },
		"unknown":      func(l *Leases, id LeaseID) { l.Failed(id+7, noon); l.Connected(id+7, noon) },
	}
	want := map[string]map[string]leaseState{
		"connecting": {"connected": held, "failed": none, "refused": none, "ended": none, "31 s": ending, "a call waits": ending, "asks again": ending, "unknown": connecting},
		"held":       {"connected": held, "failed": none, "refused": none, "ended": none, "31 s": held, "a call waits": ending, "asks again": ending, "unknown": held},
		"ending":     {"connected": ending, "failed": none, "refused": none, "ended": none, "31 s": none, "a call waits": ending, "asks again": ending, "unknown": ending},
	}
	for s, reach := range states {
		for e, happen := range events {
			l := NewLeases(LeaseOpts{})
			l.SetSlots(radio, 1)
			l.Add("band", Stays)
			l.Add("call", Calls)
			l.Ask("band", []string{radio}, noon)
			if o := l.Next(noon); len(o) != 1 || o[0].Device != "band" || o[0].Leave {
				t.Fatalf("%+v", o)
			}
			id := reach(l)
			happen(l, id)
			got := none
			if x := l.lease(id); x != nil {
				got = x.state
			}
			if got != want[s][e] {
				t.Errorf("%s, %s: state %d, want %d", s, e, got, want[s][e])
			}
			if again := l.client("band").wants; again != (s == "connecting" && e == "refused") {
				t.Errorf("%s, %s: waits again: %v", s, e, again)
			}
		}
	}
}

// A thousand connects, of twelve devices on three slots, end in every way that
// there is; in the end nobody holds anything, and the device that calls never
// waited for more than 10 s.
func TestB3_AThousandConnectsLeakNothing(t *testing.T) {
	for seed := range uint64(5) {
		cycles, worst, fed, forced := thousand(t, rand.New(rand.NewPCG(seed, 3)))
		if worst > 10*time.Second {
			t.Errorf("seed %d: the call device waited for %v", seed, worst)
		}
		if least := slices.Min(fed); least*4 < slices.Max(fed) {
			t.Errorf("seed %d: connects of the devices: %v", seed, fed)
		}
		if seed == 0 {
			t.Logf("%d cycles, the call device waited for %v at most, connects each %v, %d ends by force", cycles, worst, fed, forced)
		}
	}
}

func thousand(t *testing.T, r *rand.Rand) (cycles int, worst time.Duration, fed []int, forced uint64) {
	const radio, slots, devices = "hall", 3, 12
	l := NewLeases(LeaseOpts{})
	l.SetSlots(radio, slots)
	var names []string
	for i := range devices {
		names = append(names, fmt.Sprintf("device-%02d", i))
	}
	name := func(i int) string { return names[i] }
	for i := range devices {
		class := Stays
		if i == 0 {
			class = Calls
		}
		l.Add(name(i), class)
	}
	type life struct {
		device    string
		connected time.Time // when it will be, zero: it was
		end       time.Time // when it fails or is cut
		mute      bool      // nobody ever says that it ended
	}
	lives := map[LeaseID]*life{}
	asked := map[string]time.Time{}
	fed = make([]int, devices)
	second := func(n int) time.Duration { return time.Duration(r.IntN(n*1000)) * time.Millisecond }
	at := noon
	for ; cycles < 1000; at = at.Add(200 * time.Millisecond) {
		for i := range devices { // who has nothing asks, the call device now and then
			_, waits := asked[name(i)]
			busy := waits
			for _, x := range lives {
				busy = busy || x.device == name(i)
			}
			if waits {
				l.Ask(name(i), []string{radio}, at)
			} else if !busy && (i > 0 || r.IntN(50) == 0) {
				l.Ask(name(i), []string{radio}, at)
				asked[name(i)] = at
			}
		}
		for id, x := range lives {
			switch {
			case !x.connected.IsZero() && !at.Before(x.connected):
				l.Connected(id, at)
				x.connected = time.Time{}
			case !at.Before(x.end):
				if !x.mute && r.IntN(2) == 0 {
					l.Failed(id, at)
				} else if !x.mute {
					l.Ended(id, at)
				}
				delete(lives, id)
				cycles++
			}
		}
		for _, o := range l.Next(at) {
			if o.Leave {
				if x := lives[o.Lease]; x != nil && !x.mute {
					x.end = at.Add(second(6)) // closing takes its time
				}
				continue
			}
			if o.Device == name(0) {
				worst = max(worst, at.Sub(asked[o.Device]))
			}
			delete(asked, o.Device)
			if r.IntN(20) == 0 {
				l.Refused(o.Lease, at)
				asked[o.Device] = at
				continue
			}
			x := &life{device: o.Device, end: at.Add(second(40)), mute: r.IntN(20) == 0}
			if r.IntN(2) == 0 {
				x.connected = at.Add(second(10))
				x.end = x.connected.Add(second(300))
			}
			lives[o.Lease] = x
			fed[slices.Index(names, o.Device)]++
		}
		common := 0
		for _, s := range l.leases {
			if s.class != Calls {
				common++
			}
		}
		if n := l.used(radio); n > slots || common > slots-1 {
			t.Fatalf("%d slots leased, %d of them not to the call device", n, common)
		}
	}
	for i := range devices {
		l.Drop(name(i))
	}
	for id, x := range lives {
		if !x.mute {
			l.Ended(id, at)
		}
	}
	// What nobody ended is a connection that works, for all that is known. Its
	// device asks again and so gives it away.
	for i := range devices {
		l.Ask(name(i), []string{radio}, at)
		l.Drop(name(i))
	}
	l.Next(at)
	l.Next(at.Add(10 * time.Second))
	if n := l.used(radio); n != 0 {
		t.Errorf("%d slots leaked", n)
	}
	return cycles, worst, fed, l.Forced()
}

// Twelve bands that would all stay take turns of two minutes on three slots.
func TestB3_TwelveBandsTakeTurns(t *testing.T) {
	l := NewLeases(LeaseOpts{})
	l.SetSlots("hall", 3)
	total := map[string]time.Duration{}
	held := map[string]LeaseID{}
	for i := range 12 {
		l.Add(fmt.Sprint(i), Stays)
	}
	last := map[string]time.Time{}
	worst := time.Duration(0)
	for at := noon; at.Before(noon.Add(8 * time.Hour)); at = at.Add(time.Second) {
		for i := range 12 {
			d := fmt.Sprint(i)
			if held[d] != 0 {
				total[d] += time.Second
				last[d] = at
				continue
			}
			l.Ask(d, []string{"hall"}, at)
			if from, ok := last[d]; ok {
				worst = max(worst, at.Sub(from))
			}
		}
		for _, o := range l.Next(at) {
			if o.Leave {
				l.Ended(o.Lease, at)
				delete(held, o.Device)
			} else {
				l.Connected(o.Lease, at)
				held[o.Device] = o.Lease
			}
		}
	}
	for d, sum := range total {
		if sum < 115*time.Minute || sum > 125*time.Minute {
			t.Errorf("band %s was connected for %v of 8 h, a fair share is 2 h", d, sum)
		}
	}
	if worst > 10*time.Minute {
		t.Errorf("a band waited for %v", worst)
	}
}

// A cuff that has just measured is asleep in a minute: it does not wait for the
// turns of the bands, but neither does it starve them.
func TestB3_AVisitIsLetInSoon(t *testing.T) {
	l := NewLeases(LeaseOpts{})
	l.SetSlots("hall", 1)
	l.Add("band", Stays)
	l.Add("cuff", Visit)
	l.Ask("band", []string{"hall"}, noon)
	l.Connected(l.Next(noon)[0].Lease, noon)
	l.Ask("cuff", []string{"hall"}, noon.Add(time.Second))
	if o := l.Next(noon.Add(19 * time.Second)); len(o) != 0 {
		t.Fatalf("too early: %+v", o)
	}
	o := l.Next(noon.Add(20 * time.Second))
	if len(o) != 1 || !o[0].Leave || o[0].Device != "band" {
		t.Fatalf("%+v", o)
	}
	l.Ended(o[0].Lease, noon.Add(21*time.Second))
	if o := l.Next(noon.Add(21 * time.Second)); len(o) != 1 || o[0].Device != "cuff" || o[0].Leave {
		t.Fatalf("%+v", o)
	}
}

// The second bridge takes who finds the first one full.
func TestB3_AnotherRadioHasASlot(t *testing.T) {
	l := NewLeases(LeaseOpts{})
	l.SetSlots("hall", 1)
	l.SetSlots("room", 1)
	for _, d := range []string{"a", "b", "c"} {
		l.Add(d, Stays)
		l.Ask(d, []string{"hall", "room"}, noon)
	}
	o := slices.Clone(l.Next(noon))
	if len(o) != 2 || o[0].Radio != "hall" || o[1].Radio != "room" {
		t.Fatalf("%+v", o)
	}
	l.SetSlots("room", 0) // it is gone
	l.Ended(o[1].Lease, noon)
	if o := l.Next(noon); len(o) != 0 {
		t.Errorf("a radio that is gone was leased: %+v", o)
	}
	l.SetSlots("room", 1)
	if o := l.Next(noon); len(o) != 1 || o[0].Device != "c" {
		t.Errorf("%+v", o)
	}
}

// slots is a radio with so many of them.
type slots struct {
	ble.Central
	n int
}

func (s slots) Slots() int { return s.n }

// Somebody else took the slot that was granted. The other radio's must not be
// granted to a device that does not ask any more, or it is lost until it is taken
// away.
func TestB3_ARefusedDeviceIsGrantedNothingUnasked(t *testing.T) {
	d := newDesk(LeaseOpts{})
	d.leases.Add("call", Calls)
	radios := func() []Candidate {
		return []Candidate{{Radio: "one", Central: slots{n: 1}}, {Radio: "two", Central: slots{n: 1}}}
	}
	h := d.wait(t.Context(), "call", radios)
	d.over(h, d.leases.Refused)
	if n := d.leases.used("one") + d.leases.used("two"); n != 0 || len(d.holds) != 0 {
		t.Errorf("%d slots are leased to nobody", n)
	}
	if h := d.wait(t.Context(), "call", radios); h.Radio != "two" {
		t.Errorf("%+v", h)
	}
}

// A connection that hangs and does not end costs a call device six seconds, and
// is counted.
func TestB3_WhoDoesNotEndLosesTheSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &Bands{desk: newDesk(LeaseOpts{})}
		a.desk.leases.Add("band", Stays)
		a.desk.leases.Add("call", Calls)
		hall := func() []Candidate { return []Candidate{{Radio: "hall", Central: slots{n: 1}}} }
		band := a.desk.wait(t.Context(), "band", hall)
		began := time.Now()
		if h := a.desk.wait(t.Context(), "call", hall); h.Radio != "hall" || time.Since(began) > 7*time.Second {
			t.Errorf("%+v after %v", h, time.Since(began))
		}
		select {
		case <-band.leave:
		default:
			t.Error("the band was not asked to leave")
		}
		if n := a.Stats().Forced; n != 1 {
			t.Errorf("%d slots taken back", n)
		}
	})
}

// used is how many slots of a radio are leased.
func (l *Leases) used(radio string) (n int) {
	for i := range l.leases {
		if l.leases[i].radio == radio {
			n++
		}
	}
	return n
}
