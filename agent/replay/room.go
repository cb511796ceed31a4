package replay

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"osmanthus/agent/detect"
	"osmanthus/care"
)

// roomSpan bounds how long a silence of a home is played second by second:
// people travel.
const roomSpan = 21 * 24 * time.Hour

// roomProfile is the part of a profile that tells of a home.
type roomProfile struct {
	// Sensors declares what the ids of the column sensor are.
	Sensors map[string]roomSensor `json:"sensors"`
	// Start is when t is 0, in RFC 3339; "" is midnight by the home's clock.
	Start string `json:"start"`
	// Zone is the IANA name of the home's zone; "" is that of start.
	Zone string `json:"zone"`
	// Rooms changes what the rules of rooms compare with.
	Rooms roomLimits `json:"rooms"`

	wall    *time.Location // in which a recording that begins at epoch shows the home's clock
	sensors []detect.Source
	rooms   detect.RoomPolicy
}

type roomSensor struct {
	Kind string `json:"kind"` // door, motion, flush, bed, seat or contact
	Room string `json:"room"` // of detect.Room, or one of its other names
}

// roomLimits are in seconds; 0 is the default, and less than 0 switches the rule
// off.
type roomLimits struct {
	Night          string  `json:"night"` // as in "22:00-06:00"
	BathroomS      float64 `json:"bathroom_s"`
	BathroomNightS float64 `json:"bathroom_night_s"`
	StillS         float64 `json:"still_s"`
	InBedS         float64 `json:"in_bed_s"`
	SeatedS        float64 `json:"seated_s"`
	AwayS          float64 `json:"away_s"`
	NoDoor         bool    `json:"no_door"`
	NoWandering    bool    `json:"no_wandering"`
	SleepsAnywhere bool    `json:"sleeps_anywhere"`
}

// roomKinds are the names of a profile.
var roomKinds = map[string]detect.Kind{
	"door": detect.DoorContact, "motion": detect.MotionSensor, "pir": detect.MotionSensor, "flush": detect.FlushSensor,
	"bed": detect.BedPad, "seat": detect.SeatPad, "contact": detect.Contact,
}

// resolve turns names into what they name.
func (p *roomProfile) resolve() error {
	p.wall = time.UTC
	if p.Start != "" {
		start, err := time.Parse(time.RFC3339, p.Start)
		if err != nil {
			return fmt.Errorf("start: %q is not a time as in \"2026-03-01T20:15:00+08:00\"", p.Start)
		}
		if p.Zone != "" {
			zone, err := time.LoadLocation(p.Zone)
			if err != nil || p.Zone == "Local" { // which depends on the machine
				return fmt.Errorf("zone: %q is not a time zone as in \"Asia/Shanghai\"", p.Zone)
			}
			start = start.In(zone)
		}
		if p.wall, err = wallOf(start); err != nil {
			return fmt.Errorf("start: %w", err)
		}
	} else if p.Zone != "" {
		return errors.New("zone: without start it says nothing")
	}
	for _, id := range sortedKeys(p.Sensors) {
		s := p.Sensors[id]
		kind, ok := roomKinds[s.Kind]
		if !ok {
			kind, _ = detect.KindByName(s.Kind) // the engine's own name for it
			if _, ok = roomMetrics[kind]; !ok {
				return fmt.Errorf("sensors: %s: kind %q: want door, motion, flush, bed, seat or contact", id, s.Kind)
			}
		}
		source := detect.Source{ID: care.SourceID(id), Resident: resident, Kind: kind, Class: detect.Unsupervised}
		if s.Room != "" {
			if source.Room, ok = detect.RoomByName(s.Room); !ok {
				return fmt.Errorf("sensors: %s: room %q is not known; want bathroom, bedroom, kitchen, living-room, hall, entrance or other", id, s.Room)
			}
		}
		p.sensors = append(p.sensors, source)
	}
	l := p.Rooms
	p.rooms = detect.RoomPolicy{
		Resident: resident, Bathroom: seconds(l.BathroomS), BathroomNight: seconds(l.BathroomNightS), Still: seconds(l.StillS),
		InBed: seconds(l.InBedS), Seated: seconds(l.SeatedS), Away: seconds(l.AwayS), NoDoor: l.NoDoor, NoWandering: l.NoWandering,
		SleepsAnywhere: l.SleepsAnywhere,
	}
	if l.Night != "" {
		var err error
		if p.rooms.Night, err = hoursOf(l.Night); err != nil {
			return fmt.Errorf("rooms: night: %w", err)
		}
	}
	return nil
}

// plan is what an engine watches in a home.
func (p roomProfile) plan(plan detect.Plan) detect.Plan {
	plan.Sources, plan.Zone, plan.Rooms = p.sensors, p.wall, []detect.RoomPolicy{p.rooms}
	return plan
}

// tellDeaf says which rules of rooms the sensors of the profile leave without
// ears.
func tellDeaf(o options, stderr io.Writer) {
	if !o.kind.room || len(o.profile.sensors) == 0 {
		return
	}
	for _, why := range o.profile.plan(o.kind).RoomsDeaf(resident) {
		fmt.Fprintf(stderr, "replay: the sensors of the profile: %s\n", why)
	}
}

// room plays rows of t, sensor, state.
func (p *player) room(t *table, plan detect.Plan) error {
	kinds := map[string]detect.Kind{}
	for _, s := range plan.Sources {
		kinds[string(s.ID)] = s.Kind
	}
	if len(kinds) == 0 {
		return errors.New("the profile declares no sensors, as in {\"sensors\": {\"m1\": {\"kind\": \"motion\", \"room\": \"bathroom\"}}}")
	}
	p.span = roomSpan
	began := map[string]float64{} // when a sensor said 1 last, and not 0 since
	cs, cv := t.column("sensor"), t.column("state")
	for c := newClock(t, p.rate, false); ; {
		r, err := c.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		p.back(r)
		if r.err != nil {
			p.bad(r)
			continue
		}
		p.tick(r.seconds) // a row that says nothing else says that this time has come
		id := r.text(cs)
		state, ok := roomState(r.text(cv))
		kind, known := kinds[id]
		switch {
		case !known:
			r.err = fmt.Errorf("column sensor: %q is not declared in the profile", id)
		case !ok:
			r.err = fmt.Errorf("column state: %q: want 1 or 0, on or off, open or closed", r.text(cv))
		}
		if r.err != nil {
			p.bad(r)
			continue
		}
		p.played++
		say := func(state float64) {
			p.handle(p.engine.Reading(care.NewReading(resident, care.SourceID(id), roomMetrics[kind], state, 100, at(r.seconds))))
		}
		last, on := began[id]
		if on && state == 1 && r.seconds-last >= beginsOnly && (kind == detect.MotionSensor || kind == detect.FlushSensor) {
			say(0)
		}
		delete(began, id)
		if state == 1 {
			began[id] = r.seconds
		}
		say(state)
	}
}

// beginsOnly is after how many seconds a motion sensor or a flush that says 1
// again began anew, of those that tell the beginning only: live, the hub of the
// radios says so of motion (agent/sense/radio).
const beginsOnly = 90

// roomMetrics is what sensors of a room say.
var roomMetrics = map[detect.Kind]care.Metric{
	detect.DoorContact: care.Door, detect.Contact: care.Door, detect.MotionSensor: care.Motion,
	detect.FlushSensor: care.Flush, detect.SeatPad: care.Seat, detect.BedPad: care.BedOccupancy,
	detect.Radar: care.Presence,
}

// roomState reads a state, by a number or a word.
func roomState(text string) (float64, bool) {
	switch strings.ToLower(text) {
	case "on", "open", "opened", "true", "active", "motion", "occupied", "pressed", "in":
		return 1, true
	case "off", "closed", "close", "false", "inactive", "clear", "empty", "released", "out":
		return 0, true
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && (v == 0 || v == 1)
}

// sortedKeys returns the ids in their order.
func sortedKeys(m map[string]roomSensor) []string { return slices.Sorted(maps.Keys(m)) }
