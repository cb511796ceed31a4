package e2e

import (
	"path/filepath"
	"testing"

	"osmanthus/agent"
	"osmanthus/agent/config"
	"osmanthus/deploy/demo"
)

// TestTheDemoHomeHasABitOfEverything: its configuration is good, and names a
// button and a thermometer that are heard by radio, a door contact and a radar,
// beside what every bed has.
func TestTheDemoHomeHasABitOfEverything(t *testing.T) {
	dir := t.TempDir()
	story := demo.NewStory(1)
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
