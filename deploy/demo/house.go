package demo

import (
	"fmt"
	"os"
	"time"

	"osmanthus/agent/sim"
	"osmanthus/care"
)

// House is the story in register models: a bus for each bed with the wrist's
// MPU6050, the finger's MAX30102 and the bed pad's ADS1115, a call button for
// each resident, two lamps for each room and one siren in the corridor; and the
// things that some have.
type House struct {
	Home   *sim.Home
	Story  *Story
	Start  time.Time
	wrists map[care.ResidentID]*sim.MPU6050
	hands  map[care.ResidentID]*sim.MAX30102
	calls  map[care.ResidentID]*sim.Contact
	down   map[care.ResidentID]bool // call buttons that are held
	things []*things
}

// Addresses of the chips on the bus of each bed.
const (
	wristAddr = 0x68
	handAddr  = 0x57
	padAddr   = 0x48
	arrayAddr = 0x69
)

// Furnish builds the house; its story begins at start.
func Furnish(story *Story, start time.Time) *House {
	h := &House{
		Home: sim.NewHome(nil), Story: story, Start: start,
		wrists: map[care.ResidentID]*sim.MPU6050{}, hands: map[care.ResidentID]*sim.MAX30102{}, calls: map[care.ResidentID]*sim.Contact{},
		down: map[care.ResidentID]bool{},
	}
	since := func(at time.Time) float64 { return at.Sub(start).Seconds() }
	for _, r := range story.Residents {
		bus := h.Home.Bus(r.bus())
		wrist := sim.NewMPU6050(func(at time.Time) ([3]float64, [3]float64) { return r.Movement.IMU(since(at)) })
		hand := sim.NewMAX30102(func(at time.Time) (float64, float64) {
			t := since(at)
			return r.Body.PPG(t, r.Movement.Shaken(t))
		})
		pad := sim.NewADS1115([4]sim.Volts{func(at time.Time) float64 { return r.Pad(since(at)) }})
		bus.Attach(wristAddr, wrist)
		bus.Attach(handAddr, hand)
		bus.Attach(padAddr, pad)
		h.wrists[r.ID], h.hands[r.ID] = wrist, hand
		h.calls[r.ID] = sim.NewContact(h.Home.Pin(r.callPin()), sim.NormallyOpen)
		h.furnish(r, since)
		for _, lamp := range []string{"red", "yellow"} {
			h.Home.Pin(lampPin(r.Room, lamp))
		}
	}
	h.Home.Pin(sirenPin)
	return h
}

const sirenPin = "siren"

func (r *Resident) bus() string        { return "bed-" + r.Room + "-" + r.Bed }
func (r *Resident) callPin() string    { return "call-" + r.Room + "-" + r.Bed }
func lampPin(room, lamp string) string { return "lamp-" + room + "-" + lamp }

// Wrist and Hand are the chips of a resident, for those who want to put something
// else on them.
func (h *House) Wrist(r care.ResidentID) *sim.MPU6050 { return h.wrists[r] }

// Hand is the resident's MAX30102, see Wrist.
func (h *House) Hand(r care.ResidentID) *sim.MAX30102 { return h.hands[r] }

// Call is the resident's call button, see Wrist.
func (h *House) Call(r care.ResidentID) *sim.Contact { return h.calls[r] }

// Red is the red lamp of a resident's room.
func (h *House) Red(r *Resident) *sim.Pin { return h.Home.Pin(lampPin(r.Room, "red")) }

// Play puts a recording in place of a resident's model, from start on: columns
// ax, ay, az (g) and gx, gy, gz (°/s) at the wrist, or ir and red at the finger.
func (h *House) Play(resident care.ResidentID, path string, start time.Time) error {
	wrist, ok := h.wrists[resident]
	if !ok {
		return fmt.Errorf("demo: nobody here is %q: the residents are %s to %s", resident,
			h.Story.Residents[0].ID, h.Story.Residents[len(h.Story.Residents)-1].ID)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("demo: opening a recording: %w", err)
	}
	defer f.Close()
	rec, err := sim.ReadRecording(f, 0)
	if err != nil {
		return fmt.Errorf("demo: %s: %w", path, err)
	}
	switch {
	case rec.Has("ax") && rec.Has("ay") && rec.Has("az"):
		wrist.SetSource(rec.IMU(start))
	case rec.Has("ir"):
		h.hands[resident].SetSource(rec.PPG(start, sim.Light{}))
	default:
		return fmt.Errorf("demo: %s has neither columns ax, ay, az nor ir", path)
	}
	return nil
}

// press presses the call buttons at their times.
func (h *House) press(t float64) {
	for _, r := range h.Story.Residents {
		pressed := r.Pressed(t)
		if pressed && !h.down[r.ID] {
			h.calls[r.ID].Press()
		} else if !pressed && h.down[r.ID] {
			h.calls[r.ID].Release()
		}
		h.down[r.ID] = pressed
	}
}
