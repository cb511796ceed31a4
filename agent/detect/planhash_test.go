package detect

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"osmanthus/agent/signal"
	"osmanthus/care"
)

func TestD10_TheHashOfAPlanChangesWithWhatItJudgesBy(t *testing.T) {
	plan := func(change func(*Plan)) string {
		p := Plan{Sources: []Source{{ID: "s", Resident: "r", Kind: IMUWrist}}, Beds: []BedPolicy{{Resident: "r"}}, Rooms: []RoomPolicy{{Resident: "r"}}}
		if change != nil {
			change(&p)
		}
		return p.Hash()
	}
	seen := map[string]string{plan(nil): "nothing"}
	limits := func(change func(*Limit)) func(*Plan) {
		return func(p *Plan) { p.Limits = DefaultLimits(); change(&p.Limits[0]) }
	}
	other, err := wristModel().WithBorders(0.1, 0.2, 5)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Plan){
		"a limit":              limits(func(l *Limit) { l.Value++ }),
		"its hysteresis":       limits(func(l *Limit) { l.Hysteresis++ }),
		"how long it lasts":    limits(func(l *Limit) { l.Persist++ }),
		"an exception":         func(p *Plan) { p.Overrides = []Override{{Resident: "r", Metric: care.SpO2}} },
		"a scale":              func(p *Plan) { p.Scale2 = []Scale2{{Resident: "r"}} },
		"a bed":                func(p *Plan) { p.Beds[0].NoExit = true },
		"a room":               func(p *Plan) { p.Rooms[0].Still = time.Hour },
		"falls":                func(p *Plan) { p.Falls = []FallPolicy{{Resident: "r", LongLie: time.Hour}} },
		"pauses":               func(p *Plan) { p.Apnoeas = []ApnoeaPolicy{{Resident: "r", High: time.Minute}} },
		"wearing":              func(p *Plan) { p.Wears = []WearPolicy{{Resident: "r", NotWorn: time.Minute}} },
		"the zone":             func(p *Plan) { p.Zone = time.FixedZone("east", 3600) },
		"a class":              func(p *Plan) { p.Sources[0].Class = Band },
		"the borders of falls": func(p *Plan) { p.Sources[0].Fall = other },
		"a thermal array":      func(p *Plan) { p.Sources[0].Kind = ThermalArray },
		"its model":            func(p *Plan) { p.Sources[0].Kind, p.Sources[0].Thermal = ThermalArray, &ThermalModel{} },
		"a sternum":            func(p *Plan) { p.Sources[0].Kind = BedIMU },
		"the model of it":      func(p *Plan) { p.Sources[0].Kind, p.Sources[0].Wear = BedIMU, &WearModel{} },
		"a mattress":           func(p *Plan) { p.Sources[0].Kind = BedMatrix },
		"the model of one":     func(p *Plan) { p.Sources[0].Kind, p.Sources[0].Matrix = BedMatrix, &MatrixModel{} },
	} {
		h := plan(change)
		if same, taken := seen[h]; taken {
			t.Errorf("%s hashes as %s", name, same)
		}
		seen[h] = name
	}
	for name, change := range map[string]func(*Plan){
		"limits that are the default": func(p *Plan) { p.Limits = DefaultLimits() },
		"a time that is the default":  func(p *Plan) { p.Rooms[0].InBed = DefaultRoomPolicy().InBed },
		"the model that is shipped":   func(p *Plan) { p.Sources[0].Fall = wristModel() },
		"a class that is the default": func(p *Plan) { p.Sources[0].Class = Wired },
		"pads that are the default":   func(p *Plan) { p.Sources[0].Pad = Pad{On: signal.PadOn, Off: signal.PadOff} },
		"light that is the default":   func(p *Plan) { p.Sources[0].Contact = DefaultContact },
		"water that is the default":   func(p *Plan) { p.Sources[0].Water = DefaultWaterPolicy() },
	} {
		if plan(change) != plan(nil) {
			t.Errorf("%s changes the hash", name)
		}
	}
}

// TestD10_TheHashOfAPlanHasTheModelsThatAreShipped: one that is fitted anew is
// another.
func TestD10_TheHashOfAPlanHasTheModelsThatAreShipped(t *testing.T) {
	thermal := ShippedThermalModel()
	for _, given := range []Source{
		{Kind: BedIMU, Wear: &wearModel}, {Kind: BedMatrix, Matrix: &matrixModel}, {Kind: ThermalArray, Thermal: &thermal},
		{Kind: IMUWaist, Fall: waistModel()},
	} {
		shipped := Plan{Sources: []Source{{Kind: given.Kind}}}
		if shipped.Hash() != (Plan{Sources: []Source{given}}).Hash() {
			t.Errorf("kind %d hashes without its model", given.Kind)
		}
	}
}

// TestEveryRuleIsInTheHash looks for versions of rules in the source.
func TestEveryRuleIsInTheHash(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`Rule\s+= "([a-z0-9-]+/\d+)"`)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range version.FindAllSubmatch(b, -1) {
			if !slices.Contains(rules, string(m[1])) {
				t.Errorf("%s: %s is not among the rules of planhash.go", f, m[1])
			}
		}
	}
}

// TestTheTableNamesEveryRule: README.md has each rule in the version that it has
// here, and no other.
func TestTheTableNamesEveryRule(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, m := range regexp.MustCompile("`([a-z0-9-]+/\\d+)`").FindAllSubmatch(b, -1) {
		named = append(named, string(m[1]))
	}
	all := append(slices.Clone(rules), wristModel().Rule, waistModel().Rule)
	for _, r := range roomRules {
		all = append(all, r.name)
	}
	for _, r := range all {
		if !slices.Contains(named, r) {
			t.Errorf("README.md does not say what %s raises or clears", r)
		}
	}
	for _, n := range named {
		if !slices.Contains(all, n) {
			t.Errorf("README.md names %s, which no rule is", n)
		}
	}
}
