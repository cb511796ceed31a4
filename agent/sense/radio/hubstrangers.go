package radio

import (
	"time"

	"osmanthus/drivers/advert"
)

const (
	// maxStrangers addresses of devices that nobody configured are remembered,
	// those that were heard last: telephones change theirs every quarter of an
	// hour, and an attacker with every packet.
	maxStrangers = 1024
	// tellEvery and tellBurst bound how many of them are told of.
	tellEvery = time.Minute
	tellBurst = 20
)

// strangers remembers which devices were told of, in constant memory.
type strangers struct {
	index map[advert.Address]int32
	ring  []stranger
	head  int32 // the one heard last
	tail  int32 // the one heard longest ago

	tokens int
	filled time.Time
}

type stranger struct {
	address    advert.Address
	prev, next int32 // towards head and tail, -1 at the end
}

func newStrangers() strangers {
	return strangers{index: make(map[advert.Address]int32, maxStrangers), head: -1, tail: -1, tokens: tellBurst}
}

// meet notes an address, and reports whether it is new.
func (s *strangers) meet(a advert.Address) bool {
	if i, ok := s.index[a]; ok {
		if i != s.head {
			s.unlink(i)
			s.push(i)
		}
		return false
	}
	i := int32(len(s.ring))
	if len(s.ring) < maxStrangers {
		s.ring = append(s.ring, stranger{})
	} else {
		i = s.tail
		s.unlink(i)
		delete(s.index, s.ring[i].address)
	}
	s.ring[i].address = a
	s.index[a] = i
	s.push(i)
	return true
}

func (s *strangers) unlink(i int32) {
	n := s.ring[i]
	if n.prev >= 0 {
		s.ring[n.prev].next = n.next
	} else {
		s.head = n.next
	}
	if n.next >= 0 {
		s.ring[n.next].prev = n.prev
	} else {
		s.tail = n.prev
	}
}

func (s *strangers) push(i int32) {
	s.ring[i].prev, s.ring[i].next = -1, s.head
	if s.head >= 0 {
		s.ring[s.head].prev = i
	} else {
		s.tail = i
	}
	s.head = i
}

// tell reports whether one more may be told of.
func (s *strangers) tell(at time.Time) bool {
	if s.filled.IsZero() {
		s.filled = at
	}
	if n := int(at.Sub(s.filled) / tellEvery); n > 0 {
		s.tokens = min(s.tokens+n, tellBurst)
		s.filled = s.filled.Add(time.Duration(n) * tellEvery)
	}
	if s.tokens == 0 {
		return false
	}
	s.tokens--
	return true
}
