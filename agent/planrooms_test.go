package agent

import (
	"context"
	"testing"
	"time"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
	"osmanthus/care"
)

func TestEveryRoomOfTheFileIsKnown(t *testing.T) {
	for _, name := range config.RoomNames {
		if r, ok := detect.RoomByName(name); !ok || r.String() != name {
			t.Errorf("room %q is %v", name, r)
		}
	}
}

const flatFile = `
site: home-1
gateway: gw-1
time_zone: Asia/Shanghai
residents: [{id: r-1, rooms: {night: "21:00-06:00", bathroom: 45m, bathroom_night: 45m, still: 4h, away: never, no_door: true}}]
sensors:
  - {id: front, kind: door, resident: r-1, pin: GPIO5, room: entrance, normally_closed: true}
  - {id: bath, kind: motion, resident: r-1, pin: GPIO6, room: bathroom}
  - {id: toilet, kind: flush, resident: r-1, pin: GPIO13}
  - {id: chair, kind: seat, resident: r-1, pin: GPIO19, room: living-room}
  - {id: fridge, kind: contact, resident: r-1, pin: GPIO26, room: kitchen}
`

func TestD6_WhatTheFileSaysOfRoomsIsItsPolicy(t *testing.T) {
	cfg, err := config.Parse([]byte(flatFile), Kinds())
	if err != nil {
		t.Fatal(err)
	}
	p := plan(cfg)
	want := detect.RoomPolicy{Resident: "r-1", Night: detect.Hours{From: 21 * time.Hour, To: 6 * time.Hour},
		Bathroom: 45 * time.Minute, BathroomNight: 45 * time.Minute, Still: 4 * time.Hour, Away: -1, NoDoor: true}
	if len(p.Rooms) != 1 || p.Rooms[0] != want {
		t.Errorf("the policy is %+v, want %+v", p.Rooms, want)
	}
	if p.Zone.String() != "Asia/Shanghai" {
		t.Errorf("the zone is %v", p.Zone)
	}
	for i, s := range []detect.Source{
		{ID: "front", Kind: detect.DoorContact, Room: detect.Entrance}, {ID: "bath", Kind: detect.MotionSensor, Room: detect.Bathroom},
		{ID: "toilet", Kind: detect.FlushSensor}, {ID: "chair", Kind: detect.SeatPad, Room: detect.Living},
		{ID: "fridge", Kind: detect.Contact, Room: detect.Kitchen},
	} {
		if got := p.Sources[i]; got.ID != s.ID || got.Kind != s.Kind || got.Room != s.Room || got.Resident != "r-1" {
			t.Errorf("source %d is %+v, want %+v", i, got, s)
		}
	}
}

func TestD6_ATimerOfTheBathroomSurvivesARestartOfTheAgent(t *testing.T) {
	cfg, err := config.Parse([]byte(flatFile), Kinds())
	if err != nil {
		t.Fatal(err)
	}
	cfg.StateDir, cfg.HTTP = t.TempDir(), ""
	entered := time.Now().Add(-40 * time.Minute).Round(0).UTC()
	first, err := New(cfg, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	first.pipe.Tick(entered)
	first.pipe.Reading(care.NewReading("r-1", "bath", care.Motion, 1, 100, entered))
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := first.keep(stopped); err != nil {
		t.Fatal(err)
	}
	if err := first.outbox.Close(); err != nil {
		t.Fatal(err)
	}
	next, err := New(cfg, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	defer next.outbox.Close()
	for s := range 600 { // the limit of the file is reached after five minutes
		_, said := next.pipe.engine.Tick(entered.Add(40*time.Minute + time.Duration(s)*time.Second))
		for _, a := range said {
			if a.Kind != care.BathroomLong {
				continue
			}
			if after := a.At.Sub(entered); after < 45*time.Minute || after > 46*time.Minute || !a.Onset.Equal(entered.Truncate(time.Millisecond)) {
				t.Errorf("it was raised %v after the coming in at %v: %+v", after, entered, a)
			}
			return
		}
	}
	t.Error("nothing was raised")
}
