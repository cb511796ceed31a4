package ingest

import (
	"context"

	"osmanthus/care"
	"osmanthus/wire"
)

// marks remembers watermarks of the ledger. Another ingest may have settled
// more meanwhile: then a batch is written again, which changes nothing. One
// goroutine owns it.
type marks struct {
	ledger ledger
	known  map[markKey]wire.Watermark
}

type markKey struct {
	gateway care.GatewayID
	boot    uint64
}

const marksMax = 50_000

func (m *marks) get(ctx context.Context, gateway care.GatewayID, boot uint64) (wire.Watermark, error) {
	if w, ok := m.peek(gateway, boot); ok {
		return w, nil
	}
	w, err := m.ledger.Watermark(ctx, gateway, boot)
	if err != nil {
		return wire.Watermark{}, err
	}
	m.keep(gateway, w)
	return w, nil
}

func (m *marks) peek(gateway care.GatewayID, boot uint64) (wire.Watermark, bool) {
	w, ok := m.known[markKey{gateway, boot}]
	return w, ok
}

func (m *marks) put(all map[care.GatewayID][]wire.Watermark) {
	for gateway, ws := range all {
		for _, w := range ws {
			m.keep(gateway, w)
		}
	}
}

func (m *marks) keep(gateway care.GatewayID, w wire.Watermark) {
	if m.known == nil || len(m.known) >= marksMax {
		m.known = map[markKey]wire.Watermark{}
	}
	m.known[markKey{gateway, w.Boot}] = w
}
