package demo

import (
	"cmp"
	"fmt"
	"slices"

	"osmanthus/care"
)

// Resident is one of the eight, with the bed, the body and the day.
type Resident struct {
	ID        care.ResidentID
	NameZH    string
	NameEN    string
	Room      string
	Bed       string
	SitsOnBed bool // sits on the edge of the bed, not in the chair
	WatchBed  bool // leaving the bed is to be told
	Body      *Body
	Movement  *Movement
	Presses   []float64 // seconds at which the call button is pressed, for 1 s each
	Things
}

// Story is who lives in the house and what happens to them, for a seed.
type Story struct {
	Residents []*Resident
	Events    []Event
}

// Event is something that the story lets happen, for the terminal to tell.
type Event struct {
	At       float64 // seconds since the home began
	Resident care.ResidentID
	ZH, EN   string
}

// The story's times, in seconds since the home began.
const (
	FallAt       = 60.0
	bedExitAt    = 210.0
	callAt       = 330.0
	desaturateAt = 480.0
	clickAt      = 270.0
	bathAt       = 405.0
	bathLasts    = 345.0
	outAt        = 520.0
	outLasts     = 320.0
	roundLasts   = 900.0 // after a quarter of an hour the story begins again
	rounds       = 96    // for a day
)

// people are invented; their names are for this page only and never leave the
// cloud's own records.
var people = []struct {
	zh, en              string
	heart, breath, spo2 float64
	posture             Posture
	room, bed           string
	sitsOnBed           bool
}{
	{"王桂英", "Wang Guiying", 68, 14, 96.5, Lying, "201", "1", false},
	{"李秀兰", "Li Xiulan", 74, 16, 95.5, Lying, "201", "2", false},
	{"张建国", "Zhang Jianguo", 66, 15, 96.8, Sitting, "202", "1", false},
	{"刘淑珍", "Liu Shuzhen", 79, 17, 95.8, Sitting, "202", "2", true},
	{"陈志强", "Chen Zhiqiang", 62, 13, 97.2, Lying, "203", "1", true},
	{"杨玉兰", "Yang Yulan", 71, 15, 96.2, Sitting, "203", "2", false},
	{"赵德明", "Zhao Deming", 83, 18, 94.8, Lying, "204", "1", false},
	{"周美华", "Zhou Meihua", 76, 16, 96.0, Sitting, "204", "2", true},
}

// NewStory tells the story: after a minute Zhang Jianguo falls; later somebody
// leaves the bed, somebody rings, somebody breathes badly; and so round.
func NewStory(seed uint64) *Story {
	s := Calm(seed)
	for round := range rounds {
		s.round(float64(round) * roundLasts)
	}
	slices.SortStableFunc(s.Events, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	return s
}

// Calm is the same house on a day on which nothing happens.
func Calm(seed uint64) *Story {
	h := &Story{}
	for i, p := range people {
		s := seed + uint64(i)*0x1000193
		r := &Resident{
			ID: care.ResidentID(fmt.Sprintf("r-%02d", i+1)), NameZH: p.zh, NameEN: p.en, Room: p.room, Bed: p.bed,
			SitsOnBed: p.sitsOnBed, WatchBed: p.posture == Lying, Body: NewBody(s, p.heart, p.breath, p.spo2), Movement: NewMovement(s),
		}
		r.Movement.Then(-3600, p.posture)
		h.Residents = append(h.Residents, r)
	}
	h.Residents[1].Pendant = true
	h.Residents[3].DoorWatch = true
	h.Residents[5].BathRadar = true
	h.Residents[6].Thermo = true
	h.Residents[7].Array = true
	return h
}

// Plain takes away what only some residents have, and the radio: everybody has
// the same four sensors then.
func (h *Story) Plain() *Story {
	for _, r := range h.Residents {
		r.Pendant, r.Thermo, r.DoorWatch, r.BathRadar, r.Array = false, false, false, false, false
	}
	return h
}

// round is a quarter of an hour in the house, from t on.
func (h *Story) round(t float64) {
	faller, leaver, caller, sick := h.Residents[2], h.Residents[4], h.Residents[7], h.Residents[6]

	faller.Movement.Then(t+30, Standing)
	faller.Movement.Then(t+36, Walking)
	faller.Movement.Then(t+FallAt-ImpactAfter, Fallen)
	faller.Movement.Then(t+FallAt+240, Sitting)
	faller.Body.Exert(t+33, t+FallAt, 18, 4)
	faller.Body.Exert(t+FallAt, t+FallAt+300, 28, 7)
	h.tell(t+FallAt, faller, "摔倒", "falls")

	leaver.Movement.Then(t+bedExitAt-12, Sitting)
	leaver.Movement.Then(t+bedExitAt, Standing)
	leaver.Movement.Then(t+bedExitAt+5, Walking)
	leaver.Movement.Then(t+bedExitAt+150, Lying)
	leaver.Body.Exert(t+bedExitAt, t+bedExitAt+150, 16, 4)
	h.tell(t+bedExitAt, leaver, "离床", "leaves the bed")

	caller.Presses = append(caller.Presses, t+callAt)
	h.tell(t+callAt, caller, "按下呼叫按钮", "presses the call button")

	sick.Body.Desaturate(t+desaturateAt, t+desaturateAt+150, 11)
	h.tell(t+desaturateAt, sick, "血氧下降", "breathes badly: the blood oxygen falls")

	clicker := h.Residents[1]
	clicker.Clicks = append(clicker.Clicks, t+clickAt)
	h.tell(t+clickAt, clicker, "按下无线按钮", "presses the button around her neck")

	bather := h.Residents[5]
	bather.walk(t+bathAt-5, t+bathAt+10)
	bather.walk(t+bathAt+bathLasts-6, t+bathAt+bathLasts+12)
	bather.Baths = append(bather.Baths, span{t + bathAt, t + bathAt + bathLasts})
	h.tell(t+bathAt, bather, "进卫生间，久久不出来", "goes to the bathroom, and stays there for long")

	walker := h.Residents[3]
	walker.walk(t+outAt-14, t+outAt+outLasts+14)
	walker.Doors = append(walker.Doors, t+outAt, t+outAt+outLasts)
	h.tell(t+outAt, walker, "出门了（夜里 23 点到 5 点之间会报警）", "goes out of the door (an alarm between 23:00 and 5:00)")

	h.Residents[7].walk(t+580, t+640)
}

// walk lets somebody who sits get up, walk, and sit down again.
func (r *Resident) walk(from, to float64) {
	r.Movement.Then(from, Standing)
	r.Movement.Then(from+4, Walking)
	r.Movement.Then(to, Sitting)
	r.Body.Exert(from, to, 15, 4)
}

func (h *Story) tell(t float64, r *Resident, zh, en string) {
	h.Events = append(h.Events, Event{t, r.ID, zh, en})
}

// Pressed reports whether the call button of r is held down at t.
func (r *Resident) Pressed(t float64) bool {
	for _, p := range r.Presses {
		if t >= p && t < p+1 {
			return true
		}
	}
	return false
}

// Name is how the cloud's records call the resident.
func (r *Resident) Name() string { return r.NameZH + " " + r.NameEN }

// rooms returns the rooms in their order.
func (s *Story) rooms() (rooms []string) {
	for _, r := range s.Residents {
		if len(rooms) == 0 || rooms[len(rooms)-1] != r.Room {
			rooms = append(rooms, r.Room)
		}
	}
	return rooms
}
