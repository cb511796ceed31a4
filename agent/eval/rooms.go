package eval

import (
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

// roomKinds are the alerts of the rules of rooms.
var roomKinds = []care.Kind{care.BathroomLong, care.NoMovement, care.DoorAtNight, care.Wandering}

// rooms plays the homes as they were, of which every alert is a false alarm,
// and again with single stays held open.
func rooms(e *Eval) error {
	homes, err := recordings.SmartHomes()
	if err != nil {
		return fmt.Errorf("eval: rooms: %w", err)
	}
	quiet := NewTable("home", "days", "bathroom_long", "no_movement", "door_at_night", "wandering", "all", "a week (95 %)")
	held := NewTable("home", "held open", "cut", "stays", "raised in time", "share (95 %)", "longest until raised", "raised by any rule in a day", "longest")
	for i := range homes {
		h := &homes[i]
		e.Progress("rooms of %s", h.ID)
		if err := roomsAsTheyWere(&quiet, h, false); err != nil {
			return err
		}
		if err := roomsHeld(&held, h); err != nil {
			return err
		}
	}
	for i := range homes {
		if homes[i].ID == "kasteren-B" {
			if err := roomsAsTheyWere(&quiet, &homes[i], true); err != nil {
				return err
			}
		}
	}
	e.Heading("Weeks of healthy residents")
	e.Table(quiet)
	e.Text("Every alert counts, notes of low priority included. The residents are young or of middle age; two of the four go out at night. Two mercury switches of kasteren-B chatter while nobody is at home; the last row is without its contacts. The limits are the defaults, the same in each home; they were chosen with these homes in view.")
	e.Heading("Stays held open")
	e.Table(held)
	e.Text("Of each labelled stay the log was cut where the table says, and nothing more was heard. A stay in the bathroom counts as raised in time by bathroom_long within 5 h, the others by any of the rules within 20 h; the last columns say what any rule had raised after a day. A stay of which no sensor of the bathroom said anything until the cut is left out. Some were over by their middle: the door had moved behind the resident. In mit-1 neither a door nor a motion sensor tells who is in the bathroom, only taps and cupboards: such a stay is raised after 3 h, by day only, and a night there at noon.")
	return nil
}

// roomsAsTheyWere counts the alerts of one home.
func roomsAsTheyWere(t *Table, h *recordings.Home, noContacts bool) error {
	all, start := homeEvents(h), h.Events[0].From
	name := h.ID
	if noContacts {
		name += ", no contacts"
		kept := all[:0]
		for _, ev := range all {
			if is, _ := homeSensor(h.ID, ev.sensor); is.Kind != "contact" {
				kept = append(kept, ev)
			}
		}
		all = kept
	}
	out, err := playHome(h.ID, homeProfile(h), start, all)
	if err != nil {
		return fmt.Errorf("eval: rooms: %w", err)
	}
	days := all[len(all)-1].at.Sub(start).Hours() / 24
	row, sum := []any{name, days}, 0
	for _, k := range roomKinds {
		n := len(Raised(out.Alerts, k))
		row, sum = append(row, n), sum+n
	}
	t.Row(append(row, sum, Rate(sum, days/7))...)
	return nil
}

// heldKind is a kind of stays that are held open.
type heldKind struct {
	name     string
	labels   map[string]bool
	cut      string        // where the log is cut, in words,
	part     float64       // and as a share of the stay
	wait     time.Duration // from the cut: later is too late
	bathroom bool          // only the rule of the bathroom counts, where a sensor of it spoke
}

var heldKinds = []heldKind{
	{"toilet and bathroom", map[string]bool{"use-toilet": true, "take-shower": true, "brush-teeth": true, "Toileting": true, "Showering": true, "Bathing": true, "Grooming": true},
		"in the middle", 0.5, 5 * time.Hour, true},
	{"sleep", map[string]bool{"go-to-bed": true, "Sleeping": true}, "after a tenth", 0.1, 20 * time.Hour, false},
}

// heldDay is how long after the cut nothing is heard.
const heldDay = 24 * time.Hour

// heldCount is what was raised of stays that were held open.
type heldCount struct {
	stays           int
	raised, late    int // in time, and by any rule in a day
	longest, latest time.Duration
}

// roomsHeld plays single stays of a home that never end.
func roomsHeld(t *Table, h *recordings.Home) error {
	for i := range heldKinds {
		k := &heldKinds[i]
		n, err := k.hold(h)
		if err != nil {
			return fmt.Errorf("eval: rooms: %w", err)
		}
		if n.stays > 0 {
			t.Row(h.ID, k.name, k.cut, n.stays, n.raised, Share(n.raised, n.stays), n.longest.Round(time.Minute).String(), n.late, n.latest.Round(time.Minute).String())
		}
	}
	return nil
}

// hold plays every stay of a kind by itself.
func (k *heldKind) hold(h *recordings.Home) (n heldCount, err error) {
	all, profile := homeEvents(h), homeProfile(h)
	counts := make([]heldCount, len(h.Activities))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, a := range h.Activities {
		if k.labels[a.Name] {
			g.Go(func() (err error) {
				counts[i], err = k.holdOne(h, all, profile, a.From, a.To)
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return n, err
	}
	for _, one := range counts {
		n.stays += one.stays
		n.raised, n.late = n.raised+one.raised, n.late+one.late
		n.longest, n.latest = max(n.longest, one.longest), max(n.latest, one.latest)
	}
	return n, nil
}

// holdOne plays one stay.
func (k *heldKind) holdOne(h *recordings.Home, all []homeEvent, profile string, from, to time.Time) (n heldCount, err error) {
	end := from.Add(time.Duration(k.part * float64(to.Sub(from))))
	// Whole days before, so that the profile's start fits.
	first := h.Events[0].From
	start := first.Add(end.Add(-18 * time.Hour).Sub(first).Truncate(24 * time.Hour))
	kept, seen := heldEvents(h, all, start, from, end)
	if k.bathroom && !seen {
		return n, nil
	}
	out, err := playHome(h.ID, profile, start, append(kept, homeEvent{at: end.Add(heldDay), sensor: "the end"}))
	if err != nil {
		return n, err
	}
	n.stays = 1
	if after, ok := heldRaised(out, !k.bathroom, start, from, end, k.wait); ok {
		n.raised, n.longest = 1, after
	}
	if after, ok := heldRaised(out, true, start, from, end, heldDay); ok {
		n.late, n.latest = 1, after
	}
	return n, nil
}

// heldEvents are the events from start to end, and whether the bathroom spoke
// since from.
func heldEvents(h *recordings.Home, all []homeEvent, start, from, end time.Time) (kept []homeEvent, seen bool) {
	for _, ev := range all {
		if ev.at.Before(start) || ev.at.After(end) {
			continue
		}
		kept = append(kept, ev)
		is, _ := homeSensor(h.ID, ev.sensor)
		seen = seen || ev.at.After(from.Add(-40*time.Second)) && (is.Room == "bathroom" || is.Room == "toilet")
	}
	return kept, seen
}

// heldRaised returns how long after from the first alert was raised that came
// after the end of the log, and not later than within.
func heldRaised(out replay.Outcome, any bool, start, from, end time.Time, within time.Duration) (time.Duration, bool) {
	for _, a := range out.Alerts {
		at := start.Add(time.Duration(replay.Seconds(a.At) * float64(time.Second)))
		if a.State == care.Confirmed && at.After(end) && !at.After(end.Add(within)) && (a.Kind == care.BathroomLong || any && a.Kind == care.NoMovement) {
			return at.Sub(from), true
		}
	}
	return 0, false
}
