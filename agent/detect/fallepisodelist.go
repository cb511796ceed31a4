package detect

import "osmanthus/care"

// find returns a fall that is followed, also one that is over.
func (d *fallEpisodes) find(e care.Episode) *fallen {
	for i := range d.falls {
		if f := &d.falls[i]; f.alert.Episode == e || f.voice(e) != nil {
			return f
		}
	}
	return nil
}

// place returns where the next fall goes: behind the others, or in the place of
// the oldest that is over, or else of the oldest of which people were called;
// nil where all are undecided.
func (d *fallEpisodes) place() *fallen {
	if len(d.falls) < episodeMax {
		d.falls = append(d.falls, fallen{})
		return &d.falls[len(d.falls)-1]
	}
	for _, phase := range [...]fallPhase{fallOver, fallDown} {
		for i := range d.falls {
			if d.falls[i].phase == phase {
				copy(d.falls[i:], d.falls[i+1:])
				return &d.falls[len(d.falls)-1]
			}
		}
	}
	return nil
}

// withFeature returns features and one more, without touching the slice of the
// detector.
func withFeature(all []care.Feature, f care.Feature) []care.Feature {
	return append(append(make([]care.Feature, 0, len(all)+1), all...), f)
}
