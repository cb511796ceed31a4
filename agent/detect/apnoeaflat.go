package detect

import (
	"time"

	"osmanthus/care"
)

const (
	flatlineRule = "flatline/1"
	// flatlineFor is how long a breathing waveform may stay the same to its last
	// digit. The heart moves a chest that does not breathe, and a converter its
	// last digit.
	flatlineFor = time.Minute
	// flatlineShort is how long it may while it is taken to live: a wave that
	// its sensor clips stays the same for some seconds.
	flatlineShort = 10 * time.Second
)

// flatline notices a sensor whose waveform never moves, or holds no numbers: a
// cable that is out, a belt that is broken. It is no judgement about the
// person: what follows even breathing is a pause all the same.
type flatline struct {
	base
	value     float64
	moved     time.Time // when the value last changed
	began     bool
	condition condition
	out       []care.Alert
}

func newFlatline(s Source) *flatline {
	return &flatline{base: base{s.Resident, s.ID}, condition: condition{raiseAfter: flatlineFor - flatlineShort, clearAfter: sensorSettle}}
}

// Block looks for a change in each block.
func (d *flatline) Block(b *care.Block) []care.Alert {
	d.out = d.out[:0]
	if b.Kind != care.Breathing && b.Kind != care.BedLoad || b.Len() == 0 {
		return nil
	}
	end := b.At(b.Len() - 1)
	if !d.began || end.Before(d.moved) || end.Sub(d.moved) > 2*flatlineFor && d.condition.state == good {
		d.began, d.moved = true, end
	}
	for _, v := range b.Channels[0] {
		if finite(v) && v != d.value {
			d.value, d.moved = v, end
		}
	}
	c := d.condition.observe(end.Sub(d.moved) >= flatlineShort, end)
	if c == same {
		return nil
	}
	return append(d.out, d.technical(care.SensorFault, c, care.Medium, d.condition.onset, end, care.Evidence{Rule: flatlineRule,
		Features: []care.Feature{{Name: "flat", Value: end.Sub(d.moved).Seconds(), Unit: "s"}, {Name: "limit", Value: flatlineFor.Seconds(), Unit: "s"}}}))
}

func (d *flatline) Reading(care.Reading) []care.Alert { return nil }

// Tick does nothing: a source without samples is the matter of its supervision.
func (d *flatline) Tick(time.Time) []care.Alert { return nil }
