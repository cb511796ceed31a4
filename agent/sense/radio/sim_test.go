package radio

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"osmanthus/agent/sim"
	"osmanthus/care"
	"osmanthus/drivers/advert"
)

// The tags of a modelled home, heard over its socket by the same hub.
func TestTheTagsOfAModelledHome(t *testing.T) {
	home := sim.NewHome(nil)
	server, err := sim.NewServer(home, filepath.Join(t.TempDir(), "sim.sock"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- server.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	near, far := home.Radio("gateway"), home.Radio("hall")
	tag := func(last byte, name string) *sim.Tag {
		tag := sim.NewTag([6]byte{0xA4, 0xC1, 0x38, 0, 0, last}, name)
		tag.HeardBy(near, -60)
		tag.HeardBy(far, -75)
		return tag
	}
	button, door, thermometer := tag(1, "SBBT-002C"), tag(2, "SBDW-002C"), tag(3, "")
	devices := []Device{
		{ID: "button", Resident: "r-1", Kind: "callpoint", Address: "A4:C1:38:00:00:01"},
		{ID: "door", Resident: "r-1", Kind: "door", Address: "A4:C1:38:00:00:02"},
		{ID: "thermometer", Resident: "r-1", Kind: "thermometer", Address: "A4:C1:38:00:00:03"},
	}
	stations, err := Open([]Spec{
		{Name: "gateway", Kind: "bluez", Device: server.Addr("gateway")}, {Name: "hall", Kind: "bluez", Device: server.Addr("hall")},
	}, OpenOpts{})
	if err != nil {
		t.Fatal(err)
	}
	notes := &notebook{}
	hub, err := New(stations, devices, notes, Opts{})
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() { defer close(over); hub.Run(ctx) }()
	t.Cleanup(func() { stop(); <-over })
	until(t, "radio that listens", func() bool {
		button.Battery(90)
		return len(hub.Best(advert.Address{0xA4, 0xC1, 0x38, 0, 0, 1})) == 2
	})
	button.Press()
	door.Door(true)
	door.Door(false)
	thermometer.Temperature(-1.5) // nobody's body
	thermometer.Temperature(36.6)
	until(t, "closing", func() bool { return len(notes.of("door", care.Door)) == 2 })
	until(t, "press", func() bool { return len(notes.of("button", care.ButtonPress)) > 0 })
	until(t, "temperature", func() bool { return len(notes.of("thermometer", care.BodyTemperature)) > 0 })
	if got := notes.of("button", care.ButtonPress); len(got) != 1 {
		t.Errorf("%v", got)
	}
	for _, r := range notes.all() {
		if r.Flags&care.Simulated == 0 && r.Metric != care.SensorState {
			t.Errorf("%+v does not say that a model said it", r)
		}
		if r.Value == -1.5 && r.Flags&care.OutOfRange == 0 {
			t.Errorf("%+v", r)
		}
	}
}
