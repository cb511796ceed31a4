package detect

import (
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

const (
	// scoreStream is how many values within a minute make a parameter a stream,
	// which is scored by the middle of its last five minutes: NEWS2 is a chart
	// for observations, and a breath held or a finger moved is none.
	scoreStream = 5
	// scoreSettled is how many minutes a stream must have lasted to raise an
	// alert, and scoreWaits how long a lone value of a sensor waits for others: of
	// three that come within scoreNear the middle one counts.
	scoreSettled = 3
	scoreWaits   = 20 * time.Second
	scoreNear    = time.Minute
	// What is measured all the time is old after streamAge, when a silent band is
	// a technical alert; a temperature, which is slow, after warmthAge; and what
	// somebody measures or sees after spotAge: the chart wants everybody observed
	// every 12 hours at the least.
	streamAge = 15 * time.Minute
	warmthAge = time.Hour
	spotAge   = 12 * time.Hour
)

// track is what is known of one parameter of NEWS2.
type track struct {
	last    float64
	at      time.Time // of last; zero where nothing is known
	source  care.SourceID
	quality care.Quality
	seen    bool          // by somebody: a spot measurement or a state
	unread  bool          // and not scored yet
	keeps   time.Duration // how old last may get
	minutes [5]minute
	recent  [3]observed // newest first, of one sensor or of one measurement
	held    observed    // what was settled when last came
}

// observed is a value and when it was so; zero where there is none.
type observed struct {
	value float64
	at    time.Time
}

// minute is the values of one minute.
type minute struct {
	number int64 // since 1970
	sum    float64
	n      int
}

// keepsFor returns how old a value may get.
func keepsFor(p care.Parameter, spot bool) time.Duration {
	switch {
	case spot, p == care.ScoreSystolic, p == care.ScoreOxygen, p == care.ScoreConsciousness:
		return spotAge
	case p == care.ScoreTemperature:
		return warmthAge
	}
	return streamAge
}

// take takes a value, unless a newer one is known, or somebody measured one that
// is to be scored first. What somebody measures may come after what a sensor said
// meanwhile.
func (t *track) take(p care.Parameter, r care.Reading, spot bool) {
	if late := t.at.Sub(r.At); late > 0 && (!spot || t.seen || late > scoreNear) {
		return
	}
	again := spot && t.seen && t.source == r.Source && r.At.Sub(t.at) <= spotStream
	spot = spot || p == care.ScoreOxygen || p == care.ScoreConsciousness
	if t.unread && !spot {
		return
	}
	t.held, _ = t.firm(r.At)
	if t.seen && !again || spot && !t.seen {
		t.recent = [3]observed{}
	}
	copy(t.recent[1:], t.recent[:])
	t.recent[0] = observed{r.Value, r.At}
	t.last, t.at, t.source, t.quality = r.Value, r.At, r.Source, r.Quality
	t.seen, t.unread, t.keeps = spot, spot, keepsFor(p, spot)
	if spot { // what somebody measured replaces what a sensor said before
		t.minutes = [5]minute{}
		if again && !t.recent[2].at.IsZero() { // a finger that leaves the oximeter is no measurement
			t.last = t.middle()
		}
		return
	}
	m := t.of(minuteOf(r.At))
	if m.number != minuteOf(r.At) {
		*m = minute{number: minuteOf(r.At)}
	}
	m.sum += r.Value
	m.n++
}

func minuteOf(at time.Time) int64 { return at.Unix() / 60 }

func (t *track) of(number int64) *minute {
	n := int64(len(t.minutes))
	return &t.minutes[(number%n+n)%n]
}

// count returns how many values a minute has.
func (t *track) count(number int64) int {
	if m := t.of(number); m.number == number {
		return m.n
	}
	return 0
}

// value returns what is to be scored, whether there is any, and whether it may
// raise an alert already.
func (t *track) value(now time.Time) (v float64, known, settled bool) {
	if t.at.IsZero() || now.Sub(t.at) > t.keeps {
		return 0, false, false
	}
	if t.seen {
		return t.last, true, true
	}
	newest := minuteOf(t.at)
	if t.count(newest) < scoreStream && t.count(newest-1) < scoreStream {
		r := &t.recent
		if span := r[0].at.Sub(r[2].at); span >= scoreWaits && span <= scoreNear {
			return t.middle(), true, true
		}
		return t.last, true, now.Sub(t.at) >= scoreWaits
	}
	var means [len(t.minutes)]float64
	n := 0
	for m := newest; m > newest-int64(len(t.minutes)); m-- {
		if t.count(m) >= scoreStream {
			means[n] = t.of(m).sum / float64(t.count(m))
			n++
		}
	}
	return signal.Median(means[:n]), true, n >= scoreSettled
}

// middle returns the middle of the last three values.
func (t *track) middle() float64 {
	a, b, c := t.recent[0].value, t.recent[1].value, t.recent[2].value
	return max(min(a, b), min(max(a, b), c))
}

// firm returns what may raise an alert: the value that is to be scored or, until
// it is settled, the one before.
func (t *track) firm(now time.Time) (o observed, known bool) {
	if v, known, settled := t.value(now); known && settled {
		return observed{v, t.at}, true
	}
	if t.held.at.IsZero() || now.Sub(t.held.at) > t.keeps {
		return observed{}, false
	}
	return t.held, true
}

// forget drops a value of the future: the clock was set back.
func (t *track) forget(now time.Time) {
	if t.at.After(now.Add(time.Minute)) {
		*t = track{}
	}
}
