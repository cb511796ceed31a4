package ingest

import (
	"context"
	"slices"

	"osmanthus/wire"
)

// marksPerReceipt keeps a receipt small, and below what the wire carries.
const marksPerReceipt = 64

// sendWatermarks tells a gateway what is settled. QoS 0 is enough: a receipt
// that is lost is made good by the next, or by the one that follows a status.
func (in *Ingest) sendWatermarks(out publisher, o origin, marks []wire.Watermark) {
	for some := range slices.Chunk(marks, marksPerReceipt) {
		in.send(out, o, 0, wire.Receipt{Watermarks: some})
	}
}

func (in *Ingest) send(out publisher, o origin, qos byte, r wire.Receipt) {
	payload, err := wire.EncodeReceipt(r)
	if err != nil {
		in.deps.Log.Error("encoding a receipt", "gateway", o.gateway, "error", err)
		return
	}
	out.publish(o.topic(wire.LaneReceipt), qos, payload)
}

// quarantine keeps a message that was refused, and says so. Of a flood it
// keeps the beginning, and reports false for the rest.
func (in *Ingest) quarantine(ctx context.Context, o origin, m message, reason string) (kept bool, err error) {
	if kept = in.flood.allow(o.gateway, m.at); !kept {
		in.counts.flooded.Add(1)
		return false, nil
	}
	if err := in.deps.Quarantine.Quarantine(ctx, o.gateway, m.topic, m.payload, reason, m.at); err != nil {
		return false, err
	}
	in.counts.quarantined.Add(1)
	in.deps.Log.Warn("message quarantined", "topic", m.topic, "bytes", len(m.payload), "reason", reason)
	if in.deps.Refused != nil {
		in.deps.Refused(o.site, o.gateway, o.lane, reason, m.at)
	}
	return true, nil
}
