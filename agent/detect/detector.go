package detect

import (
	"time"

	"osmanthus/care"
)

// Believed is the least care.Quality at which a reading is judged: a worse one is
// no reason to call and none to be reassured.
const Believed = 50

// Detector watches one source, or all sources of one resident, for one kind of
// happening. It sees their blocks and readings, the derived ones included, in
// the order of their arrival, which may repeat, jump or go back in time, and
// keeps nothing that it is given.
//
// Tick says that it is now at; it comes about once a second whether or not
// the source speaks, so that silence can be judged.
type Detector interface {
	Reading(r care.Reading) []care.Alert
	Block(b *care.Block) []care.Alert
	Tick(at time.Time) []care.Alert
}

// assessor is a detector of a resident that has readings to deliver, too, as a
// score is. It is asked after each Tick, and appends them to out.
type assessor interface {
	assess(out []care.Reading) []care.Reading
}

// deriver turns the waveform of one source into readings, which it appends to
// out.
type deriver interface {
	derive(b *care.Block, out []care.Reading) []care.Reading
}

// ticker is a deriver to which silence says something: it is told the time
// after the detectors of its source, and appends readings to out.
type ticker interface {
	tick(at time.Time, out []care.Reading) []care.Reading
}
