package config

import "slices"

var (
	// airs are the kinds that measure the air of a room: heat and cold are judged
	// where the room is said.
	airs = []string{"climate", "bme280", "sht3x", "sht4x", "scd4x"}
	// unjudged are the kinds that no rule looks at.
	unjudged = []string{"vl53l1x", "mlx90614"}
	// anywhere are the kinds that have a room of which no rule asks.
	anywhere = slices.Concat(unjudged, []string{"amg8833", "mlx90640", "tag"})
	// ofTheHome are the kinds that say nothing about how a person is.
	ofTheHome = slices.Concat(airs, unjudged, []string{"smoke", "gas", "carbon_monoxide", "leak", "mains"})
)

// Notes says what is allowed and probably not meant.
func (c Config) Notes() (notes []string) {
	switch {
	case c.Uplink.Broker == "" && len(c.Local.Outputs) == 0:
		notes = append(notes, "neither uplink.broker nor local.outputs: nobody would hear of an alert")
	case c.Uplink.Broker == "" && c.Local.Acknowledge == "":
		notes = append(notes, "neither uplink.broker nor local.acknowledge: nothing could silence the outputs")
	}
	notes = append(notes, c.unheard()...)
	watched := map[string]bool{}
	for _, s := range c.Sensors {
		if !slices.Contains(ofTheHome, s.Kind) {
			watched[s.Resident] = true
		}
		if slices.Contains(unjudged, s.Kind) || slices.Contains(airs, s.Kind) && s.Room == "" {
			notes = append(notes, s.ID+" is measured and shown, and no rule judges it")
		}
		if slices.Contains(anywhere, s.Kind) && s.Room != "" {
			notes = append(notes, s.ID+" has a room, and no rule asks in which room a "+s.Kind+" is: place is what alarms say")
		}
	}
	for _, r := range c.Residents {
		if !watched[r.ID] {
			notes = append(notes, "resident "+r.ID+" has no sensor that watches a person: nobody watches")
		}
	}
	return slices.Concat(notes, c.idle(), c.unsupervised(), c.oneRadio())
}

// unheard says which sensors are where no output is: their alarms sound on all.
func (c Config) unheard() (notes []string) {
	places := map[string]bool{}
	for _, o := range c.Local.Outputs {
		places[o.Place] = true
	}
	if len(places) == 0 || places[""] {
		return nil
	}
	for _, s := range c.Sensors {
		switch {
		case slices.Contains(unjudged, s.Kind) || places[s.Place]:
		case s.Place == "":
			notes = append(notes, s.ID+" has no place: its alarms sound on all outputs")
		default:
			notes = append(notes, s.ID+" is at "+s.Place+", where no output is: its alarms sound on all outputs")
		}
	}
	return notes
}
