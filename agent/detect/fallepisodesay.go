package detect

import (
	"time"

	"osmanthus/care"
)

const (
	// fallShown is the rate in samples a second of the acceleration that goes
	// with a fall, fallStep its resolution in g; 15 s of it are about 1 KB.
	fallShown = 25
	fallStep  = 1.0 / 64
	// fallBefore and fallAfter are the seconds around the impact that go along.
	fallBefore = 5 * time.Second
	fallAfter  = 10 * time.Second
	// fallKept reaches from before the impact to the latest decision.
	fallKept = 40 * time.Second
)

// sourceRecord is the last acceleration of one wearable.
type sourceRecord struct {
	id care.SourceID
	*recorder
}

func newSourceRecord(id care.SourceID) sourceRecord {
	return sourceRecord{id, newRecorder(care.IMU, fallShown, fallKept, 3)}
}

func (s sourceRecord) take(b *care.Block) {
	if b.Source == s.id {
		s.block(b)
	}
}

// explain adds the signal around the impact to an alert that has none.
func (d *fallEpisodes) explain(a *care.Alert) {
	if a.Evidence.Snippet != nil {
		return
	}
	for _, s := range d.records {
		if s.id == a.Source {
			a.Evidence.Snippet = s.snapshot(a.Onset.Add(-fallBefore), a.Onset.Add(fallAfter), fallStep)
		}
	}
}

// dismiss ends a suspicion that the wearer, or somebody else, knows to be
// none: the next impact is a new fall.
func (d *fall) dismiss(e care.Episode) {
	if d.state == fallSuspected && d.alert.Episode == e {
		d.state, d.alert.State, d.waiting = fallSettled, care.Cleared, d.waiting[:0]
	}
}
