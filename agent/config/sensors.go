package config

import (
	"cmp"
	"slices"
	"strings"

	"osmanthus/wire"
)

// tap is a place where a sensor can sit: an input of a chip of a bus.
type tap struct {
	bus     string
	address uint16
	channel int // -1 for chips that are one sensor
}

func (j *judgement) sensors() {
	ids := map[string]bool{}
	taps := map[tap]int{}
	owner := map[tap]string{} // kind that a chip has been given
	heard := map[string]int{} // what is heard by radio
	lines := map[string]int{} // serial lines
	for i, s := range j.Sensors {
		j.source(at{"sensors", i, "id"}, s.ID)
		if s.ID != "" && ids[s.ID] {
			j.bad(at{"sensors", i, "id"}, "%q is there twice", s.ID)
		}
		ids[s.ID] = true
		k, ok := j.kind(i, s)
		if !ok {
			continue
		}
		j.person(i, s, k)
		j.options(i, s, k)
		j.reached(i, s, heard)
		j.band(i, s)
		j.serial(i, s, lines)
		if len(k.Addresses) > 0 {
			if j.bus(at{"sensors", i, "bus"}, s.Bus) {
				t := j.address(i, s, k)
				j.occupy(at{"sensors", i, "address"}, i, t, cmp.Or(k.Chip, k.Name), taps, owner)
			}
		}
		if s.Supervised != nil && j.bus(at{"sensors", i, "supervised", "bus"}, s.Supervised.Bus) {
			t := tap{s.Supervised.Bus, uint16(s.Supervised.Address), s.Supervised.Channel}
			if t.address == 0 {
				t.address = 0x48
			}
			j.occupy(at{"sensors", i, "supervised", "channel"}, i, t, "ads1115", taps, owner)
		}
		j.home(i, s, taps, owner)
	}
}

func (j *judgement) kind(i int, s Sensor) (Kind, bool) {
	var names []string
	for _, k := range j.kinds {
		if k.Name == s.Kind {
			return k, true
		}
		names = append(names, k.Name)
	}
	if s.Kind == "" {
		j.bad(at{"sensors", i, "kind"}, "missing, one of %s", strings.Join(names, ", "))
	} else {
		j.bad(at{"sensors", i, "kind"}, "unknown kind %q, one of %s", s.Kind, strings.Join(names, ", "))
	}
	return Kind{}, false
}

func (j *judgement) person(i int, s Sensor, k Kind) {
	known := func(r Resident) bool { return r.ID == s.Resident }
	if s.Resident == "" {
		if !k.Home {
			j.bad(at{"sensors", i, "resident"}, "missing: who is watched by %q?", s.ID)
		}
	} else if !slices.ContainsFunc(j.Residents, known) {
		j.bad(at{"sensors", i, "resident"}, "no resident %q in residents", s.Resident)
	}
	if s.Place != "" && !wire.ValidPlace(s.Place) {
		j.bad(at{"sensors", i, "place"}, `%q is not a name of 1 to 64 bytes (a Chinese character has 3) that can be printed, without " and \`, s.Place)
	}
}

// options checks that the sensor has what its kind needs, and nothing that its
// kind would silently ignore.
func (j *judgement) options(i int, s Sensor, k Kind) {
	given := map[string]bool{
		"bus": s.Bus != "", "address": s.Address != 0, "rate": s.Rate != 0, "worn": s.Worn != "", "swap_red_ir": s.SwapRedIR, "turned": s.Turned != 0,
		"channel": s.Channel != 0, "pad": s.Pad != nil, "pin": s.Pin != "",
		"clock": s.Clock != "", "load": s.Load != nil, "select": len(s.Select) > 0,
		"room": s.Room != "", "normally_closed": s.NormallyClosed, "supervised": s.Supervised != nil,
		"mac": s.MAC != "", "key_file": s.KeyFile != "", "senml": s.SenML != "", "port": s.Port != "", "baud": s.Baud != 0, "mount_height": s.MountHeight != 0, "range": s.Range != 0, "class": s.Class != "",
		"fault_pin": s.FaultPin != "", "pulses_per_litre": s.PulsesPerLitre != 0, "water": s.Water != nil, "battery": s.Battery != nil,
		"connect": s.Connect, "bond": s.Bond, "user": s.User != 0, "cell": s.Cell != "",
	}
	for _, key := range slices.Sorted(keys(given)) {
		own := slices.Contains(k.Options, key) || len(k.Addresses) > 0 && (key == "bus" || key == "address") || k.MaxRate > 0 && key == "rate"
		if given[key] && !own {
			j.bad(at{"sensors", i, key}, "a %s has no such option", k.Name)
		}
	}
	for _, alternatives := range k.Needs {
		if !slices.ContainsFunc(strings.Split(alternatives, "|"), func(key string) bool { return given[key] }) {
			j.bad(at{"sensors", i}, "%q needs %s", s.ID, strings.ReplaceAll(alternatives, "|", " or "))
		}
	}
	if s.Pin != "" && s.Supervised != nil {
		j.bad(at{"sensors", i, "supervised"}, "a pin or a supervised line, not both")
	}
	if s.Supervised != nil && s.NormallyClosed {
		j.bad(at{"sensors", i, "normally_closed"}, "a supervised line knows by its voltage; only a pin is normally closed")
	}
	if s.Room != "" && !slices.Contains(RoomNames, s.Room) {
		j.bad(at{"sensors", i, "room"}, "%q is not one of %s", s.Room, strings.Join(RoomNames, ", "))
	}
	if s.Worn != "" && s.Worn != "wrist" && s.Worn != "waist" {
		j.bad(at{"sensors", i, "worn"}, "%q is not wrist or waist", s.Worn)
	}
	if s.Turned%90 != 0 || s.Turned < 0 || s.Turned > 270 {
		j.bad(at{"sensors", i, "turned"}, "%d is not 0, 90, 180 or 270 degrees", s.Turned)
	}
	if s.Rate != 0 && !(s.Rate >= k.MinRate && s.Rate <= k.MaxRate) {
		j.bad(at{"sensors", i, "rate"}, "%v is not between %v and %v samples a second", s.Rate, k.MinRate, k.MaxRate)
	} else if s.Rate != 0 && len(k.Rates) > 0 && !slices.Contains(k.Rates, s.Rate) {
		j.bad(at{"sensors", i, "rate"}, "a %s has no rate of %v samples a second, only %v", k.Name, s.Rate, k.Rates)
	}
	if s.Channel < 0 || s.Channel > 3 {
		j.bad(at{"sensors", i, "channel"}, "%d is not 0 to 3", s.Channel)
	}
	if s.Supervised != nil && (s.Supervised.Channel < 0 || s.Supervised.Channel > 3) {
		j.bad(at{"sensors", i, "supervised", "channel"}, "%d is not 0 to 3", s.Supervised.Channel)
	}
	j.pad(i, s)
	j.load(i, s.Load)
	if n := len(s.Select); n != 0 && n != 4 {
		j.bad(at{"sensors", i, "select"}, "%d pins: four select one of 16 cells", n)
	}
}

func keys(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (j *judgement) bus(place at, name string) bool {
	if name == "" {
		j.bad(place, "missing")
		return false
	}
	if !slices.ContainsFunc(j.Buses, func(b Bus) bool { return b.Name == name }) {
		j.bad(place, "no bus %q in buses", name)
		return false
	}
	return true
}

func (j *judgement) address(i int, s Sensor, k Kind) tap {
	t := tap{s.Bus, uint16(s.Address), -1}
	if t.address == 0 {
		t.address = k.Addresses[0]
	} else if !slices.Contains(k.Addresses, t.address) {
		var can []string
		for _, a := range k.Addresses {
			can = append(can, Address(a).String())
		}
		j.bad(at{"sensors", i, "address"}, "a %s cannot be at %v, only at %s", k.Name, s.Address, strings.Join(can, ", "))
	}
	if k.Shared {
		t.channel = s.Channel
	}
	return t
}

// occupy takes a tap, and says who else has it.
func (j *judgement) occupy(place at, i int, t tap, kind string, taps map[tap]int, owner map[tap]string) {
	chip := tap{t.bus, t.address, -1}
	if other, taken := taps[t]; taken {
		j.bad(place, "%q and %q are both at address %v of bus %q%s", j.Sensors[other].ID, j.Sensors[i].ID,
			Address(t.address), t.bus, channel(t))
	} else if o, taken := owner[chip]; taken && o != kind {
		j.bad(place, "a %s and a %s are both at address %v of bus %q", o, kind, Address(t.address), t.bus)
	}
	taps[t], owner[chip] = i, kind
}

func channel(t tap) string {
	if t.channel < 0 {
		return ""
	}
	return ", channel " + string(rune('0'+t.channel&7))
}
