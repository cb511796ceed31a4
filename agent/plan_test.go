package agent

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
	"osmanthus/care"
)

// What the file may replace is what the engine has, so that the check can say at
// which line there is no such limit.
func TestTheLimitsOfTheFileAreThoseOfTheEngine(t *testing.T) {
	engine := map[string][]string{}
	for _, l := range detect.DefaultLimits() {
		engine[l.Metric.String()] = append(engine[l.Metric.String()], l.Side.String()+" "+l.Priority.String())
	}
	for _, all := range []map[string][]string{engine, config.Limits} {
		for metric := range all {
			if !slices.Equal(slices.Sorted(slices.Values(engine[metric])), slices.Sorted(slices.Values(config.Limits[metric]))) {
				t.Errorf("%s: %q in the engine, %q in the file", metric, engine[metric], config.Limits[metric])
			}
		}
	}
	if want := []string{string(detect.NEWS2Source), string(detect.WearSource)}; !slices.Equal(config.Reserved, want) {
		t.Errorf("reserved are %q, want %q", config.Reserved, want)
	}
}

// Whatever can be configured is judged as something.
func TestEveryKindIsPlanned(t *testing.T) {
	for _, k := range Kinds() {
		if s := plan(config.Config{Sensors: []config.Sensor{{ID: "a", Kind: k.Name}}}).Sources; len(s) != 1 || s[0].Kind == 0 {
			t.Errorf("%s: %+v", k.Name, s)
		}
	}
}

// What is judged does not depend on the part that somebody bought.
func TestPartsOfOneKindAreJudgedAlike(t *testing.T) {
	cfg := config.Config{Sensors: []config.Sensor{
		{ID: "a", Kind: "mpu6050", Worn: "wrist"}, {ID: "b", Kind: "lsm6dso", Worn: "waist"}, {ID: "c", Kind: "adxl345", Worn: "wrist"},
		{ID: "d", Kind: "ads1115"}, {ID: "e", Kind: "hx711"},
		{ID: "f", Kind: "hx711", Pad: &config.Pad{On: 40, Off: 30}, Load: &config.LoadCells{Tare: 5, PerKg: -2000}, Pin: "p", Clock: "q"},
		{ID: "g", Kind: "fsrmatrix", Select: []string{"0", "1", "2", "3"}}, {ID: "h", Kind: "vl53l1x"},
	}}
	want := []detect.Source{
		{Kind: detect.IMUWrist}, {Kind: detect.IMUWaist}, {Kind: detect.IMUWrist},
		{Kind: detect.BedPad}, {Kind: detect.BedPad, Pad: detect.Pad{On: 25, Off: 15}},
		{Kind: detect.BedPad, Pad: detect.Pad{On: 40, Off: 30}},
		{Kind: detect.BedMatrix}, {Kind: detect.Ambient},
	}
	for i, s := range plan(cfg).Sources {
		if s.Kind != want[i].Kind || s.Pad != want[i].Pad {
			t.Errorf("%s: %v %+v, want %v %+v", s.ID, s.Kind, s.Pad, want[i].Kind, want[i].Pad)
		}
	}
	_, sensors := senses(cfg)
	if s := sensors[5]; s.Load.Tare != 5 || s.Load.PerKg != -2000 || s.Pin != "p" || s.Clock != "q" {
		t.Errorf("%+v", s)
	}
	if s := sensors[6]; len(s.Select) != 4 {
		t.Errorf("%+v", s)
	}
}

// However the silence of a band is supervised: one that lies in a drawer and says
// so protects nobody.
func TestABandOfAnyClassHasToBeWorn(t *testing.T) {
	for _, class := range append([]string{""}, config.Classes...) {
		cfg, err := config.Parse(fmt.Appendf(nil, `
site: home-1
gateway: gw-1
radios: [{name: hall, kind: bluez, device: hci0}]
residents: [{id: r-1, not_worn: 30m}]
sensors: [{id: band-1, kind: band, resident: r-1, mac: "C0:FF:EE:01:02:03", class: %q}]
`, class), Kinds())
		if err != nil {
			t.Fatal(err)
		}
		e, err := detect.New(plan(cfg))
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
		told := false
		for s := range 3600 {
			now := begin.Add(time.Duration(s) * time.Second)
			if s%60 == 0 {
				e.Reading(care.NewReading("r-1", "band-1", care.WearState, care.WearOff, 100, now))
			}
			_, alerts := e.Tick(now)
			told = told || slices.ContainsFunc(alerts, func(a care.Alert) bool { return a.Kind == care.NotWorn })
		}
		if !told {
			t.Errorf("of class %q nobody is told", class)
		}
	}
}
