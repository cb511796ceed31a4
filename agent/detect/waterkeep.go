package detect

import (
	"encoding/json"
	"errors"
	"time"
)

// waterUse is the litres of the last parts of a window that slides.
type waterUse struct {
	width  time.Duration // of a part
	since  time.Time     // it is known what was used since then
	part   int64         // number of the newest part
	litres [waterParts + 1]float64
}

// restart begins to count.
func (u *waterUse) restart(at time.Time) {
	*u = waterUse{width: u.width, since: at, part: u.number(at)}
}

func (u *waterUse) number(at time.Time) int64 { return at.UnixNano() / int64(u.width) }

// newest is when the newest part began.
func (u *waterUse) newest() time.Time { return time.Unix(0, u.part*int64(u.width)).UTC() }

// move makes the part of a time the newest.
func (u *waterUse) move(at time.Time) {
	n := u.number(at)
	if n < u.part { // the clock was set back a little: it goes into the newest
		return
	}
	u.part = max(u.part, n-int64(len(u.litres)))
	for u.part < n {
		u.part++
		u.litres[u.place(u.part)] = 0
	}
}

func (u *waterUse) place(part int64) int64 {
	n := int64(len(u.litres))
	return (part%n + n) % n
}

func (u *waterUse) add(litres float64, at time.Time) {
	u.move(at)
	u.litres[u.place(u.part)] += litres
}

// sum is what was used within the window before a time, and up to one part more.
func (u *waterUse) sum(at time.Time) (litres float64) {
	u.move(at)
	for _, l := range u.litres {
		litres += l
	}
	return litres
}

// keptWater is what outlives a restart: what was used, by finished parts, so that
// a running tap is not a write each second.
type keptWater struct {
	Width  time.Duration `json:"width"`
	Since  time.Time     `json:"since"`
	Newest time.Time     `json:"newest"` // when the part after the last of Litres began
	Litres []float64     `json:"litres"`
	Told   time.Time     `json:"told,omitzero"`
	Runs   time.Time     `json:"runs,omitzero"` // since then, where that is told
}

func (d *water) key() string { return "water/1" }

func (d *water) save() any {
	k := keptWater{Width: d.use.width, Since: d.use.since, Newest: d.use.newest(), Litres: []float64{}}
	for i := int64(1); i < int64(len(d.use.litres)); i++ {
		k.Litres = append(k.Litres, d.use.litres[d.use.place(d.use.part+i)])
	}
	if d.unused {
		k.Told = d.told
	}
	if d.running.state >= raised {
		k.Runs = d.running.onset
	}
	return k
}

func (d *water) load(raw json.RawMessage, o outage) error {
	var k keptWater
	if err := json.Unmarshal(raw, &k); err != nil {
		return err
	}
	if k.Since.IsZero() {
		return nil // nothing was heard
	}
	if k.Width != d.use.width || len(k.Litres) != waterParts {
		return errors.New("another window")
	}
	u := waterUse{width: k.Width, since: o.time(k.Since)}
	newest := o.time(k.Newest)
	if newest.Before(u.since) { // a clock that was set moves both, and not by whole parts
		newest = u.since
	}
	u.part = u.number(newest)
	for i, l := range k.Litres {
		if !finite(l) || l < 0 {
			return errors.New("litres that cannot be")
		}
		u.litres[u.place(u.part+1+int64(i))] = l
	}
	// An onset names its episode, so it never moves.
	d.use, d.unused, d.told = u, !k.Told.IsZero(), k.Told
	if !k.Runs.IsZero() {
		d.running.state, d.running.onset, d.running.since = raised, k.Runs, o.time(k.Runs)
	}
	return nil
}
