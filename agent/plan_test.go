package agent

import (
	"testing"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
)

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
