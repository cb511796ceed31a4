package detect

import (
	"time"

	"osmanthus/care"
)

const (
	// notedMetrics of one source are kept; no sensor measures more that alerts
	// are about.
	notedMetrics = 8
	// shownBefore and shownAfter are the seconds around the onset of an alert
	// that go with it.
	shownBefore = 10 * time.Second
	shownAfter  = 10 * time.Second
	notedWave   = 40 * time.Second
)

// notebook keeps what of one source can go with an alert about it: the last
// values of each metric, and the waveform of a bed. What detectors show by
// themselves is not touched.
type notebook struct {
	wave    *recorder // nil where the waveform says nothing to a person, or is kept elsewhere
	diaries []metricDiary
}

type metricDiary struct {
	metric care.Metric
	diary
}

// newNotebook is the table of the waveforms that go with alerts. Falls and
// breathing have their own.
func newNotebook(s Source) notebook {
	switch s.Kind {
	case BedPad:
		return notebook{wave: newRecorder(care.BedLoad, 10, notedWave, 1)}
	case BedIMU:
		return notebook{wave: newRecorder(care.IMU, 10, notedWave, 3)}
	case BedMatrix:
		return notebook{wave: newRecorder(care.BedMatrix, 2, notedWave, 16)}
	}
	return notebook{}
}

func (n *notebook) block(b *care.Block) {
	if n.wave != nil {
		n.wave.block(b)
	}
}

// reading notes a value.
func (n *notebook) reading(r *care.Reading) {
	if !finite(r.Value) {
		return
	}
	for i := range n.diaries {
		if n.diaries[i].metric == r.Metric {
			n.diaries[i].note(r.At, r.Value)
			return
		}
	}
	if len(n.diaries) < notedMetrics {
		n.diaries = append(n.diaries, metricDiary{metric: r.Metric})
		n.diaries[len(n.diaries)-1].note(r.At, r.Value)
	}
}

// explain adds to an alert about a person what it does not show yet: the
// waveform around its onset, or the last values of its metric.
func (n *notebook) explain(a *care.Alert) {
	e := &a.Evidence
	if e.Snippet != nil || a.Kind.Technical() {
		return
	}
	if n.wave != nil {
		e.Snippet = n.wave.snapshot(a.Onset.Add(-shownBefore), a.Onset.Add(shownAfter), 0)
	}
	for i := range n.diaries {
		if e.Snippet == nil && n.diaries[i].metric == e.Metric {
			e.Snippet = n.diaries[i].snapshot(e.Metric)
		}
	}
}

// explain completes the evidence of an alert: a hash of what it was judged by,
// and the signal, where its detector gave none.
func (e *Engine) explain(a *care.Alert) {
	if i, ok := e.index[a.Source]; ok {
		e.watches[i].notes.explain(a)
	}
	if a.Evidence.Hash == "" {
		a.Evidence.Hash = ruleHash(a.Evidence.Rule, a.Evidence.Limits, nil)
	}
}
