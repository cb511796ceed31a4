package ingest

import "sync/atomic"

// Stats are totals since the start.
type Stats struct {
	Messages    uint64 // received, of all lanes
	Alerts      uint64 // raised, repetitions included
	Readings    uint64 // written
	Bytes       uint64 // of telemetry messages whose readings were written
	Duplicates  uint64 // telemetry messages that had been settled before
	Quarantined uint64 // messages
	Flooded     uint64 // bad messages of a flood, which were not kept
	StoreErrors uint64 // failed writes to the readings store, each tried again
	Overflows   uint64 // times that a session was ended because its queue was full
	Lost        uint64 // messages of QoS 0 that met a full queue; their gateways send them again
	Queued      int    // messages that wait now
	QueuedBytes int64
}

type counts struct {
	messages, alerts, readings, bytes, duplicates, quarantined, flooded, storeErrors, overflows, lost atomic.Uint64
}

// Stats returns the totals.
func (in *Ingest) Stats() Stats {
	c := &in.counts
	return Stats{
		Messages: c.messages.Load(), Alerts: c.alerts.Load(), Readings: c.readings.Load(), Bytes: c.bytes.Load(),
		Duplicates: c.duplicates.Load(), Quarantined: c.quarantined.Load(), StoreErrors: c.storeErrors.Load(),
		Flooded: c.flooded.Load(), Overflows: c.overflows.Load(), Lost: c.lost.Load(),
		Queued:      in.urgent.queue.len() + in.bulk.queue.len(),
		QueuedBytes: in.urgent.queue.bytes.Load() + in.bulk.queue.bytes.Load(),
	}
}
