package outbox

import (
	"cmp"
	"slices"
)

// Stats are the figures of an outbox. The counters run since it was opened.
type Stats struct {
	Alerts, Telemetry uint64 // records that are not acknowledged
	PendingBytes      uint64 // what they occupy, to within a segment
	DiskBytes         int64  // what the segments occupy
	WrittenBytes      uint64 // counter: bytes written in whole pages, preallocation included, the file system's journal not
	EvictedRecords    uint64 // counter: telemetry given up because the outbox was full, or the disk refused for long
	LostRecords       uint64 // counter: records that damage on the disk took
	DiskErrors        uint64 // counter: reads and writes that the disk refused
	Volatile          bool   // some records are in memory only, because the disk refuses
}

// Stats counts what the outbox holds and what it lost.
func (o *Outbox) Stats() Stats {
	a, t := o.alerts.figures(), o.telemetry.figures()
	return Stats{
		Alerts: a.Alerts, Telemetry: t.Telemetry,
		PendingBytes:   a.PendingBytes + t.PendingBytes,
		DiskBytes:      o.space.used.Load(),
		WrittenBytes:   a.WrittenBytes + t.WrittenBytes,
		EvictedRecords: a.EvictedRecords + t.EvictedRecords,
		LostRecords:    a.LostRecords + t.LostRecords,
		DiskErrors:     a.DiskErrors + t.DiskErrors,
		Volatile:       a.Volatile || t.Volatile,
	}
}

func (l *Lane) figures() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	st := l.stats
	waiting := uint64(0)
	for _, s := range l.segs {
		n := uint64(0)
		for _, r := range s.runs {
			n += l.state.waiting(r)
		}
		if n > 0 {
			waiting += n
			st.PendingBytes += uint64(s.end-pageSize) * n / s.count()
		}
	}
	for _, r := range l.pending {
		if l.state.skip(r.boot, r.seq) == 0 {
			waiting++
			st.PendingBytes += uint64(len(r.payload))
		}
	}
	if l.class == Alert {
		st.Alerts = waiting
	} else {
		st.Telemetry = waiting
	}
	return st
}

func (l *Lane) dropped() []Span {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Span
	for boot, r := range l.state.dropped {
		for _, x := range r {
			out = append(out, Span{boot, x.from, x.to})
		}
	}
	slices.SortFunc(out, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Boot, b.Boot), cmp.Compare(a.From, b.From))
	})
	return out
}
