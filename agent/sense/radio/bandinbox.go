package radio

import (
	"slices"
	"sync"
	"time"

	"osmanthus/drivers/ble"
)

// inboxMost bounds what waits for a session: more than the memory of a device.
const inboxMost = 8192

// arrival is one notification.
type arrival struct {
	of    ble.Characteristic
	bytes []byte
	at    time.Time
}

// inbox takes notifications from a connection without ever holding it up, in
// their order.
type inbox struct {
	come chan struct{} // capacity 1

	mu   sync.Mutex
	list []arrival
	lost uint64
}

func newInbox() *inbox { return &inbox{come: make(chan struct{}, 1)} }

// of returns what is called with the notifications of a characteristic.
func (b *inbox) of(c ble.Characteristic) func([]byte) {
	return func(bytes []byte) {
		b.mu.Lock()
		if len(b.list) < inboxMost {
			b.list = append(b.list, arrival{c, slices.Clone(bytes), time.Now()})
		} else {
			b.lost++
		}
		b.mu.Unlock()
		select {
		case b.come <- struct{}{}:
		default:
		}
	}
}

// take returns the oldest, and false where there is none.
func (b *inbox) take() (arrival, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.list) == 0 {
		return arrival{}, false
	}
	a := b.list[0]
	if b.list = b.list[1:]; len(b.list) == 0 {
		b.list = nil
	}
	return a, true
}

// missed is how many came when there was no room.
func (b *inbox) missed() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lost
}
