package radio

import (
	"cmp"
	"slices"
	"time"

	"osmanthus/drivers/ble"
)

const (
	// louder is by how many dB another radio must hear a device better than its
	// own before it takes over (row B4 of the requirements).
	louder = 10
	// steady is the time over which a strength is smoothed; a single packet
	// weighs at most mostWeight, of devices that send often at least leastWeight.
	steady      = 10 * time.Second
	mostWeight  = 0.1
	leastWeight = 0.01
	// failover is how long the radio of a device may miss it while another hears
	// it, at least twice and alone apart: 30 s are allowed.
	failover = 20 * time.Second
	apart    = 5 * time.Second
	// alone is after what time another radio's copy is none of the same packet.
	alone = 2 * time.Second
	// unheard is the strength, in dBm, of a radio that tells none.
	unheard = -100
)

// track is how one radio hears one device.
type track struct {
	rssi  float64   // smoothed, dBm
	heard time.Time // last; zero: never
	count int
	// lonely is when it first heard the device after the device's radio, which
	// had heard it at missed, was past.
	lonely, missed time.Time
}

func (t *track) note(rssi int8, at time.Time) {
	v := float64(rssi)
	if rssi == 0 {
		v = unheard
	}
	if t.heard.IsZero() {
		t.rssi = v
	} else {
		w := float64(at.Sub(t.heard)) / float64(steady)
		t.rssi += (v - t.rssi) * min(max(w, leastWeight), mostWeight)
	}
	t.heard = at
	t.count++
}

// choose decides, when radio i has heard it, which radio is the device's.
func (t *tag) choose(i int, stations []*station, at time.Time) {
	if t.chosen < 0 {
		t.chosen = i
		return
	}
	if i == t.chosen {
		return
	}
	own, other := &t.tracks[t.chosen], &t.tracks[i]
	if other.missed != own.heard && at.Sub(own.heard) > alone {
		other.lonely, other.missed = at, own.heard
	}
	silent := at.Sub(own.heard) >= failover && other.missed == own.heard && at.Sub(other.lonely) >= apart
	loud := other.count >= 3 && other.rssi-own.rssi >= louder
	if stations[t.chosen].down || silent || loud {
		t.chosen = i
		t.moves++
	}
}

// Candidate is a radio that heard a device.
type Candidate struct {
	Radio   string
	Central ble.Central // nil for a radio that does not connect
	RSSI    float64     // smoothed, dBm
	Heard   time.Time   // when it last heard the device
	Random  bool        // the device's address is a random one
	Chosen  bool        // it is the radio of the device
}

// lately is how long ago a radio has heard a device that it may still reach.
const lately = time.Minute

func (t *tag) candidates(stations []*station, now time.Time) (list []Candidate) {
	for i, tr := range t.tracks {
		if tr.heard.IsZero() {
			continue
		}
		list = append(list, Candidate{
			Radio: stations[i].Name, Central: stations[i].central(), RSSI: tr.rssi, Heard: tr.heard, Random: t.random, Chosen: i == t.chosen,
		})
	}
	slices.SortStableFunc(list, func(a, b Candidate) int {
		old := func(c Candidate) int {
			switch {
			case now.Sub(c.Heard) > lately:
				return 2
			case c.Chosen:
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(old(a), old(b)), cmp.Compare(b.RSSI, a.RSSI))
	})
	return list
}
