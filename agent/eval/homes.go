package eval

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
)

// placed says what a sensor of a home is and where.
type placed struct {
	Kind string `json:"kind"`
	Room string `json:"room"`
}

// homeSensors says of each home what its sensors are, by a part of their
// names, the first that fits. What is not there stays out: nobody knows what it
// was.
var homeSensors = map[string][]struct {
	part string
	placed
}{
	"kasteren-A": {
		{"Toilet Flush", placed{"flush", "toilet"}}, {"Toilet door", placed{"door", "toilet"}}, {"Bathroom door", placed{"door", "bathroom"}},
		{"Bedroom door", placed{"door", "bedroom"}}, {"Front door", placed{"door", "entrance"}}, {"Washing", placed{"contact", "other"}},
		{"", placed{"contact", "kitchen"}},
	},
	"kasteren-B": {
		{"toilet flush", placed{"flush", "toilet"}}, {"toilet door", placed{"door", "toilet"}}, {"PIR badkamer", placed{"motion", "bathroom"}},
		{"PIR slaapkamer", placed{"motion", "bedroom"}}, {"PIR keuken", placed{"motion", "kitchen"}}, {"press bed", placed{"bed", "bedroom"}},
		{"Bedroom door", placed{"door", "bedroom"}}, {"dresser", placed{"contact", "bedroom"}},
		{"4", placed{"door", "entrance"}}, // its events are those of going out and coming home
		{"20", placed{}}, {"22", placed{}}, {"23", placed{}}, {"24", placed{}}, {"25", placed{}},
		{"", placed{"contact", "kitchen"}},
	},
	"ordonez-A": {
		{"Flush", placed{"flush", "bathroom"}}, {"PIR Bathroom", placed{"motion", "bathroom"}}, {"Basin", placed{"motion", "bathroom"}},
		{"Shower", placed{"motion", "bathroom"}}, {"Cabinet", placed{"contact", "bathroom"}}, {"Cooktop", placed{"motion", "kitchen"}},
		{"Maindoor", placed{"door", "entrance"}}, {"Seat", placed{"seat", "living-room"}}, {"Bed ", placed{"bed", "bedroom"}},
		{"", placed{"contact", "kitchen"}},
	},
	"mit-1": {
		{"Toilet Flush", placed{"flush", "bathroom"}}, {"Bathroom Door", placed{"door", "bathroom"}}, {"Bathroom", placed{"contact", "bathroom"}},
		{"Foyer Door", placed{"door", "entrance"}}, {"Foyer", placed{"contact", "hall"}}, {"Bedroom", placed{"contact", "bedroom"}},
		{"Kitchen", placed{"contact", "kitchen"}}, {"Living", placed{"contact", "living-room"}}, {"", placed{"contact", "other"}},
	},
}

// homeSensor returns what a sensor of a home is, and false where nobody knows.
func homeSensor(home, sensor string) (placed, bool) {
	for _, s := range homeSensors[home] {
		if strings.Contains(sensor, s.part) && (len(s.part) > 2 || s.part == "" || s.part == sensor) {
			return s.placed, s.Kind != ""
		}
	}
	return placed{}, false
}

// homeProfile declares the sensors of a home to replay.
func homeProfile(h *recordings.Home) string {
	p := struct {
		Sensors map[string]placed `json:"sensors"`
		Start   string            `json:"start"`
	}{map[string]placed{}, h.Events[0].From.Format(time.RFC3339)}
	for _, s := range h.Sensors {
		if is, ok := homeSensor(h.ID, s); ok {
			p.Sensors[s] = is
		}
	}
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // words only
	}
	return string(text)
}

// homeEvent is one change of one sensor.
type homeEvent struct {
	at     time.Time
	sensor string
	state  float64
}

// homeEvents are the changes of a home in their order.
func homeEvents(h *recordings.Home) []homeEvent {
	var events []homeEvent
	for _, e := range h.Events {
		if _, ok := homeSensor(h.ID, e.Name); ok {
			events = append(events, homeEvent{e.From, e.Name, 1}, homeEvent{e.To, e.Name, 0})
		}
	}
	slices.SortStableFunc(events, func(a, b homeEvent) int { return a.at.Compare(b.at) })
	return events
}

// playHome plays changes that began at start.
func playHome(name string, profile string, start time.Time, events []homeEvent) (replay.Outcome, error) {
	t, sensor, state := make([]float64, len(events)), make([]string, len(events)), make([]string, len(events))
	for i, e := range events {
		t[i], sensor[i], state[i] = e.at.Sub(start).Seconds(), e.sensor, fmt.Sprint(e.state)
	}
	return replay.Play("room", replay.Recording{Name: name, Columns: []replay.Column{
		{Name: "t", Values: t}, {Name: "sensor", Texts: sensor}, {Name: "state", Texts: state}}}, replay.Options{Profile: profile})
}
