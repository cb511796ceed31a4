package demo

import (
	"context"
	"fmt"
	"time"

	"osmanthus/agent/sim"
)

// Things are what a resident has besides band, bed and call button: those with
// one have it all day, and the story says what happens to it.
type Things struct {
	Pendant   bool      // a button that is worn, heard by radio
	Thermo    bool      // a band that tells the temperature, heard by radio
	DoorWatch bool      // a contact at the door of the room
	BathRadar bool      // a radar in the bathroom
	Array     bool      // a thermal array that looks into the room
	Clicks    []float64 // seconds at which the pendant is pressed
	Doors     []float64 // seconds at which the door is opened, for doorOpen each
	Baths     []span    // seconds in the bathroom
}

type span struct{ from, to float64 }

func (s span) holds(t float64) bool { return t >= s.from && t < s.to }

const (
	doorOpen   = 4.0  // s
	thermoSays = 30.0 // s
	beaconSays = 10.0 // s: devices say that they are there
)

// radioName is the radio of the house.
const radioName = "radio-2f"

// radio is the name of the house's radio, "" where it would have nothing to hear.
func (h *Story) radio() string {
	for _, r := range h.Residents {
		if r.Pendant || r.Thermo {
			return radioName
		}
	}
	return ""
}

func (r *Resident) doorPin() string   { return "door-" + r.Room }
func (r *Resident) radarLine() string { return "radar-" + r.Room }

// addresses of what is heard by radio: the last byte is the resident's place in
// the story.
func (r *Resident) mac(kind byte) [6]byte {
	return [6]byte{0xA4, 0xC1, 0x38, 0x20, kind, r.ID[len(r.ID)-1] - '0'}
}

const (
	pendantMAC = 1
	thermoMAC  = 2
)

// Opened reports whether the door stands open at t.
func (r *Resident) Opened(t float64) bool {
	for _, from := range r.Doors {
		if (span{from, from + doorOpen}).holds(t) {
			return true
		}
	}
	return false
}

// Scene is what the radar of the bathroom sees at t: whoever comes moves, then
// stays, and moves again before leaving.
func (r *Resident) Scene(t float64) (s sim.Scene) {
	for _, b := range r.Baths {
		if b.holds(t) {
			s = sim.Scene{Present: true, Metres: 1.8, Moving: t < b.from+12 || t >= b.to-8}
			s.Breath, s.Heart = r.Body.Breath(t), r.Body.Heart(t)
		}
	}
	return s
}

// Skin is the temperature of the body at t, in °C.
func (r *Resident) Skin(t float64) float64 {
	return 36.6 + 0.15*r.Body.noise.smooth(50, t, 900)
}

// furnish puts the resident's things into the house.
func (h *House) furnish(r *Resident, since func(time.Time) float64) {
	radio := h.Home.Radio(radioName)
	tag := func(kind byte, name string) *sim.Tag {
		t := sim.NewTag(r.mac(kind), name)
		t.HeardBy(radio, -62)
		return t
	}
	p := &things{resident: r}
	if r.Pendant {
		p.pendant = tag(pendantMAC, "SBBT-002C")
	}
	if r.Thermo {
		p.thermo = tag(thermoMAC, "TH-band")
	}
	if r.DoorWatch {
		p.door = sim.NewContact(h.Home.Pin(r.doorPin()), sim.NormallyOpen)
	}
	if r.Array {
		h.Home.Bus(r.bus()).Attach(arrayAddr, sim.NewAMG8833(func(at time.Time, x, y float64) float64 { return r.Heat(since(at), x, y) }))
	}
	if r.BathRadar {
		h.Home.Serial(r.radarLine()).Plug(sim.NewLD2410(func(at time.Time) sim.Scene { return r.Scene(since(at)) }))
	}
	h.things = append(h.things, p)
}

// things are a resident's things in the house, as they are.
type things struct {
	resident *Resident
	pendant  *sim.Tag
	thermo   *sim.Tag
	door     *sim.Contact

	open    bool
	clicked int // clicks that were made
	beacon  time.Time
	said    time.Time
}

// live lets happen what has happened since the last time.
func (p *things) live(at time.Time, t float64) {
	r := p.resident
	if p.door != nil && r.Opened(t) != p.open {
		if p.open = !p.open; p.open {
			p.door.Press() // a contact that is closed while the door is open
		} else {
			p.door.Release()
		}
	}
	for p.clicked < len(r.Clicks) && t >= r.Clicks[p.clicked] {
		if p.clicked++; p.pendant != nil && t < r.Clicks[p.clicked-1]+2 {
			p.pendant.Press()
		}
	}
	if at.Sub(p.beacon).Seconds() >= beaconSays {
		p.beacon = at
		if p.pendant != nil {
			p.pendant.Battery(87)
		}
	}
	if p.thermo != nil && at.Sub(p.said).Seconds() >= thermoSays {
		p.said = at
		p.thermo.Temperature(r.Skin(t))
	}
}

// Run presses the buttons and moves the doors at their times, until ctx ends.
func (h *House) Run(ctx context.Context) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case at := <-tick.C:
			t := at.Sub(h.Start).Seconds()
			h.press(t)
			for _, p := range h.things {
				p.live(at, t)
			}
		}
	}
}

// PendantMAC and ThermoMAC are addresses as configurations have them.
func (r *Resident) PendantMAC() string { return text(r.mac(pendantMAC)) }

// ThermoMAC is that of the thermometer, see PendantMAC.
func (r *Resident) ThermoMAC() string { return text(r.mac(thermoMAC)) }

func text(mac [6]byte) string {
	return fmt.Sprintf("%02X:%02X:%02X:%02X:%02X:%02X", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5])
}
