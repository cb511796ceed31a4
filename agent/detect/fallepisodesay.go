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
	// lieShown is how much goes with a long lie: does the person move?
	lieShown = 15 * time.Second
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

// explain shows with a fall what is known of the signal around its impact.
func (d *fallEpisodes) explain(a *care.Alert) {
	d.show(a, a.Onset.Add(-fallBefore), a.Onset.Add(fallAfter))
}

// show adds a stretch of the signal of an alert's source, where that is more
// than the alert has.
func (d *fallEpisodes) show(a *care.Alert, from, to time.Time) {
	for _, s := range d.records {
		if s.id != a.Source {
			continue
		}
		if seen := s.snapshot(from, to, fallStep); seen.Len() > a.Evidence.Snippet.Len() {
			a.Evidence.Snippet = seen
		}
	}
}

// ruled says of evidence that another rule than the detector's decided.
func (d *fallEpisodes) ruled(e care.Evidence, rule string) care.Evidence {
	e.Rule = rule
	return ruled(e, care.Feature{Name: "well_window", Value: d.policy.WellWindow.Seconds(), Unit: "s"})
}

// dismiss ends a suspicion that the wearer, or somebody else, knows to be
// none, also one that was confirmed and held back: the next impact is a new
// fall.
func (d *fall) dismiss(e care.Episode) {
	if d.alert.Episode == e {
		d.state, d.alert.State, d.waiting = fallSettled, care.Cleared, d.waiting[:0]
	}
}
