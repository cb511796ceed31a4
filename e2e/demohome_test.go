package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"osmanthus/agent"
	"osmanthus/agent/config"
	"osmanthus/agent/sim"
	"osmanthus/deploy/demo"
	"osmanthus/drivers/advert"
	"osmanthus/drivers/ble"
	"osmanthus/drivers/remote"
)

// demoConfig is the configuration of the demo's agent, and where its house is.
func demoConfig(t *testing.T, story *demo.Story) (config.Config, demo.Places) {
	t.Helper()
	dir := t.TempDir()
	p := demo.Places{Dir: dir, Socket: filepath.Join(dir, "house.sock"), HTTP: "127.0.0.1:1", Broker: "127.0.0.1:2", AgentIO: "127.0.0.1:3"}
	if err := p.Write(story, nil); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(filepath.Join(dir, "agent.yaml"), agent.Kinds())
	if err == nil {
		err = agent.Check(cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
	return cfg, p
}

// TestTheDemoHomeHasABitOfEverything: its configuration is good, and names a
// button and a thermometer that are heard by radio, a door contact and a radar,
// beside what every bed has.
func TestTheDemoHomeHasABitOfEverything(t *testing.T) {
	cfg, _ := demoConfig(t, demo.NewStory(1))
	kinds := map[string]int{}
	for _, s := range cfg.Sensors {
		if kinds[s.Kind]++; s.MAC != "" {
			kinds[s.Kind+" by radio"]++
		}
	}
	for kind, n := range map[string]int{"mpu6050": 8, "max30102": 8, "ads1115": 8, "callpoint": 9, "callpoint by radio": 1,
		"thermometer by radio": 1, "door": 1, "ld2410": 1, "amg8833": 1} {
		if kinds[kind] != n {
			t.Errorf("%d of %s, want %d", kinds[kind], kind, n)
		}
	}
}

// TestThePendantOfTheDemoIsHeard: the button that the configuration names is
// heard by the radio that it names, when the story presses it.
func TestThePendantOfTheDemoIsHeard(t *testing.T) {
	story := demo.NewStory(1)
	cfg, p := demoConfig(t, story)
	house := demo.Furnish(story, time.Now())
	server, err := sim.NewServer(house.Home, p.Socket, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	radio, err := remote.NewRadio(cfg.Radios[0].Device)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	heard := make(chan string, 1000)
	all.Go(func() { _ = server.Run(ctx) })
	all.Go(func() {
		_ = radio.Scan(ctx, func(h ble.Heard) {
			if r, err := advert.Decode(&h.Advert, nil); err == nil {
				heard <- fmt.Sprint(h.Address, r.Measures(nil))
			}
		})
	})
	_, name, _ := strings.Cut(cfg.Radios[0].Device, "#")
	stranger := sim.NewTag([6]byte{1}, "")
	stranger.HeardBy(house.Home.Radio(name), -50)
	for listens := false; !listens; {
		stranger.Battery(50)
		select {
		case <-heard:
			listens = true
		case <-time.After(20 * time.Millisecond):
		}
	}
	button := cfg.Sensors[slices.IndexFunc(cfg.Sensors, func(s config.Sensor) bool { return s.Kind == "callpoint" && s.MAC != "" })]
	i := slices.IndexFunc(story.Residents, func(r *demo.Resident) bool { return string(r.ID) == button.Resident })
	house.Start = time.Now().Add(-time.Duration(story.Residents[i].Clicks[0] * float64(time.Second)))
	all.Go(func() { house.Run(ctx) })
	for {
		select {
		case said := <-heard:
			if said == button.MAC+" [{button_press 1 1}]" {
				return
			}
		case <-ctx.Done():
			t.Fatal("nobody heard the press")
		}
	}
}
