package detect

import (
	"time"

	"osmanthus/care"
)

// fallTogether is how far apart two sources of one resident may see the impact
// of one fall.
const fallTogether = 5 * time.Second

// voice is one detector that tells of a fall: a wrist and a waist, or a wrist
// and an array in the room.
type voice struct {
	source  care.SourceID
	episode care.Episode // by which it knows the fall
	cleared bool
}

// voice returns the voice that knows a fall by an episode.
func (f *fallen) voice(e care.Episode) *voice {
	for i := range f.voices {
		if f.voices[i].episode == e {
			return &f.voices[i]
		}
	}
	return nil
}

// heard reports whether a source tells of the fall.
func (f *fallen) heard(s care.SourceID) bool {
	for i := range f.voices {
		if f.voices[i].source == s {
			return true
		}
	}
	return f.alert.Source == s
}

// beside returns a fall that is not over, of which another source tells already
// and this alert tells, too; nil where there is none.
func (d *fallEpisodes) beside(a *care.Alert) *fallen {
	for i := range d.falls {
		f := &d.falls[i]
		if f.phase != fallOver && !f.heard(a.Source) && a.Onset.Sub(f.began).Abs() <= fallTogether {
			return f
		}
	}
	return nil
}

// tells notes what one of the voices of a fall says, gives it the episode by
// which people know the fall, and reports whether it is to be taken further:
// the fall is suspected and confirmed once, and cleared when nobody tells of it
// any more.
func (f *fallen) tells(a *care.Alert) bool {
	v := f.voice(a.Episode)
	if v == nil {
		f.voices = append(f.voices, voice{source: a.Source, episode: a.Episode})
		v = &f.voices[len(f.voices)-1]
	}
	v.cleared = a.State == care.Cleared
	first := v == &f.voices[0]
	a.Episode = f.alert.Episode
	switch a.State {
	case care.Suspected:
		return first
	case care.Cleared:
		for i := range f.voices {
			if !f.voices[i].cleared {
				return false
			}
		}
		return true
	}
	return f.phase != fallDown || a.Source == f.alert.Source
}

// dismissed tells the detectors of a fall that it is over.
func (d *fallEpisodes) dismissed(f *fallen) {
	for _, x := range d.dismiss {
		x.dismiss(f.alert.Episode)
		for i := range f.voices {
			x.dismiss(f.voices[i].episode)
		}
	}
}
