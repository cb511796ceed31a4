package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// kinds is what the agent has today, as far as these tests need it.
var kinds = []Kind{
	{Name: "mpu6050", Addresses: []uint16{0x68, 0x69}, MinRate: 50, MaxRate: 100, Rates: []float64{50, 100}, Options: []string{"worn"}, Needs: []string{"worn"}},
	{Name: "max30102", Addresses: []uint16{0x57}, MinRate: 50, MaxRate: 100, Rates: []float64{50, 100}, Options: []string{"swap_red_ir"}},
	{Name: "ads1115", Addresses: []uint16{0x48, 0x49, 0x4a, 0x4b}, MinRate: 5, MaxRate: 50, Options: []string{"channel", "pad"}, Shared: true},
	{Name: "fsrmatrix", Addresses: []uint16{0x48, 0x49, 0x4a, 0x4b}, MinRate: 1, MaxRate: 5, Options: []string{"channel", "select"}, Needs: []string{"select"}, Shared: true, Chip: "ads1115"},
	{Name: "hx711", MinRate: 10, MaxRate: 80, Rates: []float64{10, 80}, Options: []string{"pin", "clock", "load", "pad"}, Needs: []string{"pin", "clock", "load"}},
	{Name: "vl53l1x", Addresses: []uint16{0x29}, MinRate: 1, MaxRate: 20, Options: []string{"room"}},
	{Name: "callpoint", Options: []string{"pin", "normally_closed", "supervised", "mac", "key_file", "senml", "class"}, Needs: []string{"pin|supervised|mac|senml"}},
	{Name: "door", Options: []string{"pin", "normally_closed", "room"}, Needs: []string{"pin", "room"}},
	{Name: "climate", Options: []string{"mac", "key_file", "senml", "class"}, Needs: []string{"mac|senml"}},
	{Name: "band", Options: []string{"mac", "class", "bond", "user", "cell"}, Needs: []string{"mac"}},
	{Name: "scale", Options: []string{"mac", "class", "bond", "user", "cell", "connect"}, Needs: []string{"mac|senml"}},
	{Name: "well_button", Options: []string{"pin", "normally_closed"}, Needs: []string{"pin"}},
	{Name: "care_button", Options: []string{"pin", "normally_closed"}, Needs: []string{"pin"}},
	{Name: "amg8833", Addresses: []uint16{0x69, 0x68}, Options: []string{"room", "turned"}},
	{Name: "sht4x", Addresses: []uint16{0x44, 0x45, 0x46}, Options: []string{"room"}},
	{Name: "mat", Options: []string{"pin"}, Needs: []string{"pin"}},
	{Name: "smoke", Options: []string{"pin", "fault_pin", "supervised"}, Needs: []string{"pin|supervised"}, Home: true},
	{Name: "leak", Options: []string{"pin", "fault_pin", "supervised"}, Needs: []string{"pin|supervised"}, Home: true},
	{Name: "water_flow", Options: []string{"pin", "pulses_per_litre", "water"}, Needs: []string{"pin", "pulses_per_litre"}, Home: true},
	{Name: "mains", Options: []string{"pin", "normally_closed", "battery"}, Needs: []string{"pin"}, Home: true},
	{Name: "ld2410", Options: []string{"port", "baud", "room", "range"}, Needs: []string{"port", "room"}},
	{Name: "mr60fda2", Options: []string{"port", "baud", "room", "mount_height"}, Needs: []string{"port", "room"}},
}

func TestTheReferenceFileEqualsTheDefaults(t *testing.T) {
	c, _, mistakes := decode(Reference)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	want := Default()
	want.Buses, want.Residents, want.Sensors, want.Local.Outputs = []Bus{}, []Resident{}, []Sensor{}, []Output{}
	want.Radios = []Radio{}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("the reference file says\n%+v\nthe defaults are\n%+v", c, want)
	}
}

var example = regexp.MustCompile(`(?m)^#([^\s#]|  )`)

// uncommented is the reference file with its examples alive.
func uncommented() []byte {
	b := regexp.MustCompile(`(?m)^(buses|radios|residents|sensors|  outputs): \[\]$`).ReplaceAll(Reference, nil)
	b = bytes.ReplaceAll(b, []byte("#  outputs:"), []byte("  outputs:"))
	return example.ReplaceAll(b, []byte("$1"))
}

func TestTheExamplesOfTheReferenceFileAreValid(t *testing.T) {
	c, err := Parse(uncommented(), kinds)
	if err != nil {
		t.Fatalf("%v\n%s", err, uncommented())
	}
	supervised := func(s Sensor) bool { return s.Supervised != nil }
	if len(c.Sensors) < 13 || len(c.Radios) != 3 || len(c.Local.Outputs) != 2 || !slices.ContainsFunc(c.Sensors, supervised) || c.Residents[0].Overrides[0].Value != 86 {
		t.Errorf("the examples read as %+v", c)
	}
}

func TestTheReferenceFileNamesEveryKey(t *testing.T) {
	var doc yaml.Node
	if err := yaml.Unmarshal(uncommented(), &doc); err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		for i, c := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 0 {
				named[c.Value] = true
			}
			walk(c)
		}
	}
	walk(&doc)
	var keys func(t reflect.Type) []string
	keys = func(t reflect.Type) (all []string) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		for i := 0; t.Kind() == reflect.Struct && i < t.NumField(); i++ {
			if key := t.Field(i).Tag.Get("yaml"); key != "" {
				all = append(append(all, key), keys(t.Field(i).Type)...)
			}
		}
		return all
	}
	for _, key := range keys(reflect.TypeFor[Config]()) {
		if !named[key] {
			t.Errorf("the reference file does not show %q", key)
		}
	}
}

// Each bad file says in its first lines what has to be found: "# want: line 7: text".
func TestEachMistakeIsFoundAtItsLine(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d bad files, %v", len(files), err)
	}
	wants := regexp.MustCompile(`(?m)^# want: (.*)$`)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, m := range wants.FindAllSubmatch(data, -1) {
				want = append(want, string(m[1]))
			}
			_, err = Load(file, kinds)
			var found Mistakes
			if len(want) == 0 || !errors.As(err, &found) {
				t.Fatalf("want %q, got %v", want, err)
			}
			if got := strings.Split(found.Error(), "\n"); !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func TestAGoodFileHasNoMistakes(t *testing.T) {
	c, err := Parse([]byte(`
site: home-1
gateway: gw-1
state_dir: /tmp/x
buses: [{name: b, device: "sim:unix:///tmp/s#bus-1"}]
residents: [{id: r1}]
sensors:
  - {id: w, kind: mpu6050, bus: b, resident: r1, worn: wrist, address: 105}
  - {id: pad-1, kind: ads1115, bus: b, resident: r1}
  - {id: pad-2, kind: ads1115, bus: b, resident: r1, channel: 1}
  - {id: c, kind: callpoint, resident: r1, supervised: {bus: b, channel: 3}}
`), kinds)
	if err != nil {
		t.Fatal(err)
	}
	if c.Sensors[0].Address != 0x69 || c.Telemetry.Batch.String() != "1s" || c.Outbox.Cap.String() != "256 MiB" {
		t.Errorf("read as %+v", c)
	}
}

func TestNotes(t *testing.T) {
	c := Config{Residents: []Resident{{ID: "r1"}, {ID: "r2"}}, Sensors: []Sensor{{Resident: "r1"}}, Local: Local{Outputs: []Output{{Red: "GPIO1"}}}}
	got := strings.Join(c.Notes(), "\n")
	if !strings.Contains(got, "nothing could silence") || !strings.Contains(got, "r2 has no sensor") || strings.Contains(got, "r1") {
		t.Errorf("notes: %s", got)
	}
	c.Uplink.Broker, c.Sensors = "tls://b:1", append(c.Sensors, Sensor{Resident: "r2"})
	if got := c.Notes(); len(got) != 0 {
		t.Errorf("notes: %v", got)
	}
}

func TestNotesOfSensorsWhereNoOutputIs(t *testing.T) {
	c := Config{Residents: []Resident{{ID: "r1"}}, Local: Local{Acknowledge: "GPIO2", Outputs: []Output{{Place: "room-1", Red: "GPIO1"}}}, Sensors: []Sensor{
		{ID: "call-1", Resident: "r1", Kind: "callpoint", Place: "room-1"}, {ID: "call-2", Resident: "r1", Kind: "callpoint"},
		{ID: "smoke-1", Kind: "smoke", Place: "romo-1"}, {ID: "far-1", Resident: "r1", Kind: "vl53l1x"},
	}}
	got := strings.Join(c.Notes(), "\n")
	if !strings.Contains(got, "call-2 has no place") || !strings.Contains(got, "smoke-1 is at romo-1, where no output is") ||
		strings.Contains(got, "call-1") || strings.Contains(got, "far-1 has no place") {
		t.Errorf("notes: %s", got)
	}
	c.Local.Outputs = append(c.Local.Outputs, Output{Siren: "GPIO3"})
	if got := strings.Join(c.Notes(), "\n"); strings.Contains(got, "outputs") {
		t.Errorf("one is for the whole home, and still: %s", got)
	}
}

func TestNotesOfACallButtonOnOneRadio(t *testing.T) {
	c := Config{Residents: []Resident{{ID: "r1"}}, Radios: []Radio{{Name: "hci"}}, Sensors: []Sensor{{ID: "call-1", Resident: "r1", Kind: "callpoint", MAC: "A4:C1:38:8D:18:B2"}}}
	alone := func() bool { return strings.Contains(strings.Join(c.Notes(), "\n"), "call-1 is heard by hci alone") }
	if !alone() {
		t.Errorf("%q", c.Notes())
	}
	c.Sensors[0].MAC, c.Sensors[0].SenML = "", "urn:dev:1:"
	if !alone() {
		t.Errorf("by SenML: %q", c.Notes())
	}
	c.Radios[0].Quiet = Wait(10 * time.Minute)
	if alone() {
		t.Error("somebody vouched for the place")
	}
	c.Radios = []Radio{{Name: "hci"}, {Name: "proxy"}}
	if alone() {
		t.Error("there are two")
	}
}

// A mat by radio whose battery is empty says "occupied" for ever.
func TestNotesOfWhatMayFallSilent(t *testing.T) {
	c := Config{Residents: []Resident{{ID: "r1"}}, Sensors: []Sensor{
		{ID: "mat-1", Resident: "r1", Kind: "mat", MAC: "A4:C1:38:8D:18:B2"}, {ID: "door-1", Resident: "r1", Kind: "door", SenML: "urn:dev:1:"},
		{ID: "mat-2", Resident: "r1", Kind: "mat", MAC: "A4:C1:38:8D:18:B3", Class: "bed"}, {ID: "mat-3", Resident: "r1", Kind: "mat", Pin: "GPIO4"},
	}}
	got := strings.Join(c.Notes(), "\n")
	for _, id := range []string{"mat-1", "door-1"} {
		if !strings.Contains(got, id+" is heard by radio without a class") {
			t.Errorf("%s is missing in\n%s", id, got)
		}
	}
	if strings.Contains(got, "mat-2") || strings.Contains(got, "mat-3") {
		t.Errorf("too much is said:\n%s", got)
	}
}

// What is measured and judged by nobody is no watching.
func TestNotesOfWhatNobodyJudges(t *testing.T) {
	c := Config{Residents: []Resident{{ID: "r1"}, {ID: "r2"}}, Sensors: []Sensor{
		{ID: "air-1", Resident: "r1", Kind: "bme280"}, {ID: "air-2", Resident: "r1", Kind: "sht4x", Room: "bedroom"},
		{ID: "smoke-1", Resident: "r1", Kind: "smoke"}, {ID: "far-1", Resident: "r2", Kind: "vl53l1x"}, {ID: "call-1", Resident: "r2", Kind: "callpoint"},
		{ID: "wall-1", Resident: "r2", Kind: "amg8833", Room: "bathroom"}, {ID: "wall-2", Resident: "r2", Kind: "amg8833"},
	}}
	got := strings.Join(c.Notes(), "\n")
	for _, want := range []string{"wall-1 has a room, and no rule", "air-1 is measured", "far-1 is measured", "resident r1 has no sensor"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	for _, not := range []string{"air-2", "smoke-1", "r2 has", "wall-2"} {
		if strings.Contains(got, not) {
			t.Errorf("%q is too much in\n%s", not, got)
		}
	}
}

// Who decided something must hear where it changes nothing.
func TestNotesOfDecisionsWithoutASensor(t *testing.T) {
	c, err := Parse([]byte(`
site: home-1
gateway: gw-1
buses: [{name: b, device: /dev/i2c-1}]
residents:
  - id: r1
    bed: {edge: always, turn: 2h}
    well_window: 20s
    long_lie: 10m
    not_worn: 1h
    apnoea: {high: 60s, by: d1, why: known, until: 2027-01-01T00:00:00Z}
  - {id: r2, bed: {edge: always, turn: never}, well_window: 20s, long_lie: 10m, apnoea: {high: 60s, by: d1, why: known, until: 2027-01-01T00:00:00Z}}
sensors:
  - {id: mat, kind: mat, resident: r1, pin: GPIO4}
  - {id: pad, kind: ads1115, bus: b, resident: r2}
  - {id: wrist, kind: mpu6050, bus: b, worn: wrist, resident: r2}
  - {id: well, kind: well_button, resident: r2, pin: GPIO5}
`), kinds)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(c.Notes(), "\n")
	for _, key := range []string{"bed.edge", "bed.turn", "well_window", "long_lie", "not_worn", "apnoea"} {
		if !strings.Contains(got, "resident r1: "+key+" changes nothing") {
			t.Errorf("%s is missing in\n%s", key, got)
		}
	}
	if strings.Contains(got, "resident r2") || strings.Contains(got, "r1: bed changes") {
		t.Errorf("too much is said:\n%s", got)
	}
	end := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]bool{end.Add(-time.Second): false, end: true, time.Unix(0, 0): false} {
		if got := strings.Join(c.Expired(at), "\n"); strings.Contains(got, "resident r1: apnoea ended on 2027-01-01") != want {
			t.Errorf("at %v: %q", at, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(uncommented())
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, file := range files {
		data, _ := os.ReadFile(file)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := Parse(data, kinds)
		var found Mistakes
		if err != nil && (!errors.As(err, &found) || len(found) == 0) {
			t.Errorf("an error that names no mistake: %v", err)
		}
	})
}
