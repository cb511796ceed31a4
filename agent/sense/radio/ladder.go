package radio

import (
	"time"

	"osmanthus/care"
	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
)

// ladder judges whether one radio hears, and says what is to be done about it.
// It does nothing by itself: time is an argument. ladder.md shows its states.
type ladder struct {
	rungs   []ble.Rung
	quiet   time.Duration // without a word until it may be deaf; negative: none is too long
	vouched bool          // somebody said that there is always something to hear

	phase   phase
	state   int       // of care.RadioState, unsaid before it is known
	next    int       // rung
	doing   bool      // a rung is under way
	due     time.Time // of what comes next
	start   time.Time // of the climbing
	tries   int       // ladders that did not help
	last    time.Time // when it heard, or began
	began   time.Time // since when the scan lasts, zero while none does
	broken  time.Time // since when scans end by errors, zero while all is well
	witness [8]witness
}

// phase is where a ladder stands.
type phase uint8

const (
	listening phase = iota // it hears, or had no time to
	climbing               // one rung after the other is done
	resting                // none helped
)

// witness is a device that was heard lately. Eight out of all are enough to know
// whether everybody fell silent at once.
type witness struct {
	address     advert.Address
	first, last time.Time
	other       other
}

const (
	// unsaid is the state before anything is known.
	unsaid = -1
	// witnesses that fell silent at once prove that the radio is deaf: one or two
	// are carried out of the house by one person, with a telephone.
	witnesses = 3
	// present is how long a device has to be here to be a witness, and how long
	// ago it may have spoken before the silence.
	present = time.Minute
	// A ladder that did not help is climbed again after firstClimb, then half as
	// often each time down to every lastClimb.
	firstClimb = 5 * time.Minute
	lastClimb  = time.Hour
	// overdue is how long a ladder may take until the radio is judged whatever is
	// still under way: a rung that hangs must not hold up the alarm, which is due
	// 180 s after the silence began (row B2), so 120 s after it showed.
	overdue = 110 * time.Second
	// forgotten is how long nothing may be heard until it is gone although
	// nothing proves it: who is at home is heard in half a day.
	forgotten = 12 * time.Hour
	// trial is how long nothing may be heard until connections are ended after all:
	// who is let go advertises, which proves before forgotten that a radio hears.
	trial = forgotten - 2*lastClimb
)

// newLadder begins at a time when nothing was heard yet.
func newLadder(rungs []ble.Rung, quiet time.Duration, vouched bool, at time.Time) *ladder {
	return &ladder{rungs: rungs, quiet: quiet, vouched: vouched, state: unsaid, last: at}
}

// hear is told of every advertisement.
func (l *ladder) hear(a advert.Address, at time.Time) {
	l.last, l.broken = at, time.Time{}
	l.well()
	l.meet(a, at)
}

// meet keeps the witnesses.
func (l *ladder) meet(a advert.Address, at time.Time) {
	var free *witness
	for i := range l.witness {
		w := &l.witness[i]
		left := at.Sub(w.last) > present
		if w.address == a && !left {
			w.last = at
			w.other.confirm(at)
			return
		}
		if left && (free == nil || w.address == a) {
			free = w
		}
	}
	if free != nil {
		*free = witness{address: a, first: at, last: at}
	}
}

// leave is told of a device that is connected to: it falls silent for that.
func (l *ladder) leave(a advert.Address) {
	for i := range l.witness {
		if l.witness[i].address == a {
			l.witness[i] = witness{}
		}
	}
}

// scans is told when a scan begins.
func (l *ladder) scans(at time.Time) { l.began = at }

// broke is told when a scan ends by an error.
func (l *ladder) broke(at time.Time) {
	l.lasts(at)
	if l.began = (time.Time{}); l.broken.IsZero() {
		l.broken = at
	}
}

// lasts forgets that scans failed when one lasts.
func (l *ladder) lasts(at time.Time) {
	if !l.began.IsZero() && at.Sub(l.began) >= present {
		l.broken = time.Time{}
	}
}

// did is told when the rung that tick asked for is over: whether it could be
// done. Waiting for what could not helps nobody.
func (l *ladder) did(ok bool, at time.Time) {
	l.doing = false
	if !ok && l.phase == climbing {
		l.due = at
	}
}

// tick says which rung is to be done now, if one is. busy says that connections
// live by this radio: as long as nothing proves that it is deaf, they are not
// ended for half a day.
func (l *ladder) tick(at time.Time, busy bool) (rung int, climb bool) {
	l.lasts(at)
	since, limit, trouble := l.trouble()
	switch l.phase {
	case listening:
		if !trouble && l.state == unsaid {
			l.state = care.RadioHears
		}
		if trouble && at.Sub(since) >= limit {
			l.phase, l.next, l.due, l.start, l.state = climbing, 0, at, at, care.RadioHealing
		}
	case climbing:
		if !trouble {
			l.well()
		} else if l.state == care.RadioHealing && at.Sub(l.start) >= overdue {
			l.judge(at)
		}
	case resting:
		if !trouble {
			l.well()
			break
		}
		l.judge(at)
		if !at.Before(l.due) {
			l.phase, l.next = climbing, 0
		}
	}
	if l.phase != climbing || l.doing || at.Before(l.due) {
		return 0, false
	}
	return l.climb(at, busy)
}

// well is what it is when it hears, or need not.
func (l *ladder) well() { l.phase, l.tries, l.state = listening, 0, care.RadioHears }

// trouble returns since when there is some, and after how long something is done
// about it: scans that fail count as much as silence. A scan that runs is given
// its chance.
func (l *ladder) trouble() (since time.Time, limit time.Duration, ok bool) {
	switch {
	case !l.broken.IsZero() && (l.began.IsZero() || l.phase != listening):
		return l.broken, DefaultQuiet, true
	case l.quiet >= 0:
		return l.last, l.quiet, true
	}
	return time.Time{}, 0, false
}

// climb goes up by one rung, or gives up for a while.
func (l *ladder) climb(at time.Time, busy bool) (rung int, ok bool) {
	for l.next < len(l.rungs) {
		rung = l.next
		l.next++
		if l.rungs[rung].Harsh && busy && !l.proven(at) && at.Sub(l.last) < trial {
			continue
		}
		l.doing, l.due = true, at.Add(l.rungs[rung].Wait)
		return rung, true
	}
	l.phase, l.due = resting, at.Add(min(firstClimb<<min(l.tries, 8), lastClimb))
	l.tries++
	l.judge(at)
	return 0, false
}

// judge says what a radio is that nothing brought back.
func (l *ladder) judge(at time.Time) {
	l.state = care.RadioQuiet
	if l.proven(at) || at.Sub(l.last) >= forgotten {
		l.state = care.RadioGone
	}
}

// proven reports whether the silence is the radio's fault and not that of a place
// in which there is nothing to hear: scans fail, somebody vouched for the place,
// several devices that were here fell silent at once, or another radio still
// hears one as before.
func (l *ladder) proven(at time.Time) bool {
	if l.vouched || !l.broken.IsZero() {
		return true
	}
	n := 0
	for i := range l.witness {
		w := &l.witness[i]
		if l.last.Sub(w.last) > present {
			continue // it left before
		}
		if w.other.stays(at) {
			return true
		}
		if w.last.Sub(w.first) >= present {
			n++
		}
	}
	return n >= witnesses
}
