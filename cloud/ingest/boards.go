package ingest

import (
	"context"
	"sync"
	"time"

	"osmanthus/care"
	"osmanthus/wire"
)

// Rhythm of the boards: repeated this often until applied, for this long after
// the gateway was last heard.
const (
	boardEvery  = 3 * time.Second
	boardListen = 90 * time.Second
)

type publisher interface {
	publish(topic string, qos byte, payload []byte) bool
}

// boards repeats to each gateway the board that it should show, until its
// status says so.
type boards struct {
	out  publisher
	kick chan struct{} // a board is due now

	mu     sync.Mutex
	wanted map[care.GatewayID]*wantedBoard
}

type wantedBoard struct {
	topic   string
	version uint64
	payload []byte
	applied uint64
	due     bool
	heard   time.Time // when the gateway last said that it is there, or the board was first wanted
}

func newBoards(out publisher) *boards {
	return &boards{out: out, kick: make(chan struct{}, 1), wanted: map[care.GatewayID]*wantedBoard{}}
}

func (b *boards) want(site care.SiteID, gateway care.GatewayID, version uint64, payload []byte, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.wanted[gateway]
	if w == nil {
		w = &wantedBoard{heard: at}
		b.wanted[gateway] = w
	}
	if version < w.version {
		return
	}
	w.topic = wire.Topic{Site: site, Gateway: gateway, Lane: wire.LaneCommand}.String()
	w.version, w.payload, w.due = version, payload, true
	signal(b.kick)
}

// heard takes in a status; where it does not show the board, that is sent
// again at once.
func (b *boards) heard(gateway care.GatewayID, s wire.Status, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.wanted[gateway]
	if w == nil {
		return
	}
	if s.Presence != wire.Online {
		w.heard = time.Time{}
		return
	}
	w.heard, w.applied, w.due = at, s.BoardVersion, true
	signal(b.kick)
}

// repeat makes every board due whose gateway is there.
func (b *boards) repeat(at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.wanted {
		w.due = w.due || at.Sub(w.heard) < boardListen
	}
}

// send publishes what is due and not applied. The lock is not held meanwhile:
// a stalled connection delays nobody who wants a board.
func (b *boards) send() {
	type letter struct {
		topic   string
		payload []byte
	}
	var letters []letter
	b.mu.Lock()
	for _, w := range b.wanted {
		if w.due && w.applied < w.version {
			letters = append(letters, letter{w.topic, w.payload})
		}
		w.due = false
	}
	b.mu.Unlock()
	for _, l := range letters {
		b.out.publish(l.topic, 1, l.payload)
	}
}

func (b *boards) run(ctx context.Context) {
	t := time.NewTicker(boardEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.kick:
		case at := <-t.C:
			b.repeat(at)
		}
		b.send()
	}
}
