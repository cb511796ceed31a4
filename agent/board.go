package agent

import (
	"time"

	"osmanthus/agent/local"
	"osmanthus/care"
	"osmanthus/wire"
)

// apply takes a board of the cloud: what people have said of the episodes of
// this gateway. An older one than was applied is passed over.
func (a *Agent) apply(b wire.Board) {
	if b.Version < a.board.Load() {
		return
	}
	answers := map[care.Episode]local.Answer{}
	for _, e := range b.Entries {
		answers[e.Episode] = answer(e.State)
	}
	a.local.Answer(answers)
	for _, e := range b.Entries {
		if e.State == wire.BoardClosed {
			a.pipe.answered(e.Episode)
		}
	}
	if a.board.Swap(b.Version) != b.Version {
		a.log.Info("board applied", "version", b.Version, "entries", len(b.Entries))
		a.wake() // the status reports the version
	}
}

func answer(s wire.BoardState) local.Answer {
	switch {
	case s == wire.BoardClosed:
		return local.Closed
	case s.Quiet():
		return local.Quiet
	}
	return local.Raised
}

// status is what the gateway says of itself.
func (a *Agent) status() wire.Status {
	now := time.Now()
	figures := a.outbox.Stats()
	s := wire.Status{
		Boot: a.boot, At: now, TimeQuality: a.clock.Quality(now), Software: Version, Started: a.started,
		Pending: figures.Alerts + figures.Telemetry, PendingBytes: figures.PendingBytes,
		OldestAge: a.oldest(now), BoardVersion: a.board.Load(), Warnings: a.warnings.Codes(now),
	}
	for _, d := range a.outbox.Dropped() {
		s.Dropped = append(s.Dropped, wire.Dropped{Boot: d.Boot, Range: wire.Range{From: d.From, To: d.To}})
	}
	return s
}

// oldest is the age of the oldest telemetry that waits, or alert if there is
// none.
func (a *Agent) oldest(now time.Time) time.Duration {
	if _, _, _, payload, ok := a.outbox.Telemetry().Next(0); ok {
		if m, err := wire.DecodeTelemetry(payload); err == nil {
			return max(now.Sub(m.Readings[0].At), 0)
		}
	}
	if _, _, _, payload, ok := a.outbox.Alerts().Next(0); ok {
		if m, err := wire.DecodeAlert(payload); err == nil {
			return max(now.Sub(m.Alert.At), 0)
		}
	}
	return 0
}
