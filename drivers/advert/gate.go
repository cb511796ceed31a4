package advert

import (
	"errors"
	"time"
)

const (
	// gateApart is how far apart two copies are that can be no repetition of
	// one packet: a device that says the same again later means it (the rule of
	// bthome-ble).
	gateApart = 4 * time.Second
	// gateLate is how much later a bridge may hand over a copy of a packet: one
	// whose network stood still sends everything afterwards. Of a device that
	// numbers its packets the same number means the same packet for as long.
	gateLate = 30 * time.Second
	// gateAhead is how far ahead of the newest number one of 8 bits is new; what
	// is further lies behind.
	gateAhead = 63
	// gateRestart is the counter below which a device has begun anew, after its
	// battery was changed.
	gateRestart = 100
	// gateDepth is how many packets of a device are remembered.
	gateDepth = 8
)

// ErrReplayed is what an encrypted packet comes to whose counter was seen.
var ErrReplayed = errors.New("advert: the counter was seen already: refused")

// Passage says what a packet is to those that were heard before.
type Passage uint8

const (
	// Repeated was heard before, from this radio or another: it says nothing.
	Repeated Passage = iota
	// Fresh is new.
	Fresh
	// Again says once more what was said before something else: the state is so
	// again, and nothing that happens once has happened.
	Again
	// Late was not heard before, and is older than what was: what happens once
	// has happened, and the state may be another since.
	Late
)

// Copy is one packet as one radio handed it over.
type Copy struct {
	Radio int // its number, from 0 on
	At    time.Time
	// Raw stands for the bytes as this radio gives them, Said for what they say:
	// radios give more or less of the same packet.
	Raw, Said uint64
}

// Gate lets each packet of one device through once: packets are sent many times
// and arrive by several radios, late and out of order. It also holds the
// counter against replays, for as long as it lives. The zero value lets the
// first packet through.
type Gate struct {
	began  bool
	newest uint32    // number of the newest packet
	bits   int       // of its number
	at     time.Time // when it came
	by     int       // from which radio
	counts bool      // its numbers are known to change
	sealed counter
	seen   [gateDepth]seen
	next   int
	last   [MaxRadios]struct {
		raw  uint64
		seen int // which of seen it said last, from 1 on
	}
}

// MaxRadios is how many radios a Gate tells apart; what is beyond counts as the
// last.
const MaxRadios = 16

// seen is a packet that was let through.
type seen struct {
	number uint32
	bits   int
	said   uint64
	at     time.Time // when it was heard last
	radios uint16    // that said it, by bits; 0: none is remembered here
	late   bool      // it was taken for old
}

// Known reports whether a radio says what it said last, a moment ago: then
// nothing has to be decoded to know that it is a repetition.
func (g *Gate) Known(c Copy) bool {
	l := &g.last[radio(c)]
	if l.seen == 0 || l.raw != c.Raw || c.At.Sub(g.seen[l.seen-1].at).Abs() > gateApart {
		return false
	}
	g.seen[l.seen-1].at = c.At
	return true
}

// New says what a packet is. An encrypted packet with a counter that is not
// larger than the newest is ErrReplayed, unless it is late or the device began
// anew.
func (g *Gate) New(r *Report, c Copy) (Passage, error) {
	i := g.find(r, c)
	if r.sealed() {
		p, err := g.sealed.judge(r.Packet, c)
		switch {
		case i >= 0: // a counter never comes twice
			g.touch(i, c)
			return Repeated, nil
		case err != nil:
			return Repeated, err
		}
		g.remember(r, c)
		return p, nil
	}
	if i >= 0 {
		return g.again(i, r, c), nil
	}
	p := g.judge(r, c)
	s := g.remember(r, c)
	if s.late = p == Late; p == Fresh {
		g.advance(r, c)
	}
	return p, nil
}

// find returns where the packet is remembered, or -1. Another radio's copy is
// known by its number, for it may say less; or, from a bridge that opens what is
// sealed and gives another number or none, by what it says.
func (g *Gate) find(r *Report, c Copy) int {
	for i := range g.seen {
		s := &g.seen[i]
		apart, other := c.At.Sub(s.at).Abs(), s.radios&(1<<radio(c)) == 0
		switch {
		case s.radios == 0:
		case s.bits != r.Bits:
			if other && s.said == c.Said && apart <= gateApart {
				return i
			}
		case s.number != r.Packet:
		case s.said == c.Said || other && r.Bits > 0 && apart <= gateLate || r.sealed() && apart <= gateApart:
			return i
		}
	}
	return -1
}

// touch notes that a packet was heard once more.
func (g *Gate) touch(i int, c Copy) {
	s, l := &g.seen[i], &g.last[radio(c)]
	s.at, s.radios = c.At, s.radios|1<<radio(c)
	l.raw, l.seen = c.Raw, i+1
}

// again judges a packet that is remembered.
func (g *Gate) again(i int, r *Report, c Copy) Passage {
	s := &g.seen[i]
	apart := c.At.Sub(s.at).Abs()
	heard := s.radios&(1<<radio(c)) != 0
	between := heard && g.last[radio(c)].seen != i+1
	g.touch(i, c)
	switch {
	case s.late && !heard && radio(c) == g.by:
		// Who said the newest says this after it: the device began anew.
		s.late = false
		g.advance(r, c)
		return Again
	case (!heard || g.counts && r.Bits > 0) && apart <= gateLate:
	case apart > gateApart:
		g.advance(r, c)
		return Fresh
	case between:
		return Again
	}
	return Repeated
}

// judge says what a packet is that is not remembered.
func (g *Gate) judge(r *Report, c Copy) Passage {
	if !g.began || r.Bits == 0 || r.Bits != g.bits {
		return Fresh
	}
	since := c.At.Sub(g.at).Abs()
	ahead := (r.Packet - g.newest) & (1<<r.Bits - 1)
	// Only the radio that said the newest is known to be past what lies behind.
	if ahead > gateAhead && (since <= gateLate && radio(c) != g.by || since <= gateApart) {
		return Late
	}
	return Fresh
}

// remember puts a packet into the place of the oldest.
func (g *Gate) remember(r *Report, c Copy) *seen {
	i := g.next
	g.next = (g.next + 1) % gateDepth
	for k := range g.last { // what is forgotten is nobody's last
		if g.last[k].seen == i+1 {
			g.last[k].seen = 0
		}
	}
	g.seen[i] = seen{number: r.Packet, bits: r.Bits, said: c.Said, at: c.At, radios: 1 << radio(c)}
	g.last[radio(c)].raw, g.last[radio(c)].seen = c.Raw, i+1
	return &g.seen[i]
}

// advance makes a packet the newest, unless it has another kind of number.
func (g *Gate) advance(r *Report, c Copy) {
	if g.began && r.Bits != g.bits {
		return
	}
	g.counts = g.counts || g.began && r.Packet != g.newest
	g.began, g.newest, g.bits, g.at, g.by = true, r.Packet, r.Bits, c.At, radio(c)
}

// counter holds the counters of what a key vouches for, each of which comes once.
type counter struct {
	began  bool
	top    uint32    // the largest
	window uint64    // those up to top that were seen, bit 0 is top
	at     time.Time // when top came
	by     int       // from which radio
}

// judge takes a counter: it is fresh, late or refused.
func (n *counter) judge(number uint32, c Copy) (Passage, error) {
	behind := n.top - number
	seen := behind < 64 && n.window>>behind&1 != 0
	switch {
	case !n.began || number > n.top && number-n.top >= 64:
		n.window = 1
	case number > n.top:
		n.window = n.window<<(number-n.top) | 1
	case behind < 64 && !seen && c.At.Sub(n.at).Abs() <= gateLate && radio(c) != n.by:
		n.window |= 1 << behind
		return Late, nil
	case number >= gateRestart:
		return Repeated, ErrReplayed
	default:
		n.window = 1 // the device began anew
	}
	n.began, n.top, n.at, n.by = true, number, c.At, radio(c)
	return Fresh, nil
}

func radio(c Copy) int { return min(max(c.Radio, 0), MaxRadios-1) }

// sealed reports whether the packet's number is a counter that its key vouches
// for.
func (r *Report) sealed() bool { return r.Bits == 32 && r.Verified }
