package detect

import (
	"slices"
	"time"

	"osmanthus/care"
)

// liesFor is how long the bed must have been occupied.
const liesFor = 30 * time.Second

// bedWord is what one source says of the bed.
type bedWord struct {
	source care.SourceID
	waves  bool      // it is derived from a waveform, and torn with it; else it stands
	from   time.Time // since when the bed is occupied, zero where it is not
	last   time.Time // when it was said last
}

func (w *bedWord) say(r care.Reading) {
	late := r.At.Before(w.last) && w.last.Sub(r.At) < bedGap
	if late || r.Quality < Believed {
		return
	}
	if torn := r.At.Before(w.last) || w.waves && r.At.Sub(w.last) > bedGap; torn || r.Value < 0.5 {
		w.from = time.Time{}
	}
	if w.last = r.At; r.Value >= 0.5 && w.from.IsZero() {
		w.from = r.At
	}
}

// lain returns the last sign by now that somebody has lain in the bed for a
// while. A word that stands is one when it is said, and when the while is over:
// later it may be of a sensor that is silent.
func (w *bedWord) lain(now time.Time) (sign time.Time, ok bool) {
	sign = w.last
	if over := w.from.Add(liesFor); !w.waves && sign.Before(over) && !now.Before(over) {
		sign = over
	}
	return sign, !w.from.IsZero() && !sign.After(now) && sign.Sub(w.from) >= liesFor
}

// bed takes what a source says of the bed.
func (d *fallEpisodes) bed(r care.Reading) {
	if l := d.level(r.Source); l == nil || l.kind == Radar {
		return // a module that may take the floor beside the bed for the bed
	}
	i := slices.IndexFunc(d.beds, func(w bedWord) bool { return w.source == r.Source })
	if i < 0 {
		i, d.beds = len(d.beds), append(d.beds, bedWord{source: r.Source})
	}
	d.beds[i].say(r)
	d.inBed(r.At)
}

// inBed looks whether somebody lies in the bed by now.
func (d *fallEpisodes) inBed(now time.Time) {
	for i := range d.beds {
		if sign, ok := d.beds[i].lain(now); ok {
			d.gotUp(sign, now)
		}
	}
}
