package replay

import (
	"fmt"

	"osmanthus/agent/detect"
	"osmanthus/care"
)

// kind is what a file holds: its columns, and the source that would have
// measured it.
type kind struct {
	name     string
	columns  []string // required
	optional []string // taken where they are there, all of them or none
	source   detect.Kind
	block    care.BlockKind // 0 for a kind of readings
	// order is which column, of required and optional, goes into which channel
	// of a block. A missing optional column drops its channel.
	order []string
	// motion says that columns ax, ay, az, all of them or none, go before as a
	// block of acceleration of the same source.
	motion bool
	// least is the least rate, samples a second, at which anything can be seen;
	// 0 where nobody said.
	least float64
	// rows says that rows come at irregular times, each of which stands for itself.
	rows bool
	// room says that the profile declares the sources.
	room bool
}

// kinds is the one table of kinds.
var kinds = []kind{
	{name: "imu-wrist", columns: []string{"ax", "ay", "az"}, optional: []string{"gx", "gy", "gz"},
		source: detect.IMUWrist, block: care.IMU, order: []string{"ax", "ay", "az", "gx", "gy", "gz"}},
	{name: "imu-waist", columns: []string{"ax", "ay", "az"}, optional: []string{"gx", "gy", "gz"},
		source: detect.IMUWaist, block: care.IMU, order: []string{"ax", "ay", "az", "gx", "gy", "gz"}},
	{name: "ppg", columns: []string{"ir"}, optional: []string{"red"},
		source: detect.PPG, block: care.PPG, order: []string{"red", "ir"}, motion: true},
	{name: "resp", columns: []string{"x"}, source: detect.Breathing, block: care.Breathing, order: []string{"x"}, least: detect.BreathLeast},
	{name: "bed-load", columns: []string{"v"}, source: detect.BedPad, block: care.BedLoad, order: []string{"v"}},
	{name: "bed-imu", columns: []string{"frontal", "vertical", "lateral"},
		source: detect.BedIMU, block: care.IMU, order: []string{"frontal", "vertical", "lateral"}, rows: true},
	{name: "bed-fsr", columns: cells, source: detect.BedMatrix, block: care.BedMatrix, order: cells, rows: true},
	{name: "vitals", columns: []string{"metric", "value"}, source: detect.Vitals},
	{name: "thermal", columns: pixels, source: detect.ThermalArray, block: care.Thermal, order: pixels, rows: true},
	{name: "room", columns: []string{"sensor", "state"}, room: true},
}

// pixels are the columns of a thermal array.
var pixels = []string{"p01", "p02", "p03", "p04", "p05", "p06", "p07", "p08", "p09", "p10", "p11", "p12", "p13", "p14", "p15", "p16"}

// cells are the columns of a mattress.
var cells = []string{"f01", "f02", "f03", "f04", "f05", "f06", "f07", "f08", "f09", "f10", "f11", "f12", "f13", "f14", "f15", "f16"}

func kindList() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

func findKind(name string) (kind, error) {
	for _, k := range kinds {
		if k.name == name {
			return k, nil
		}
	}
	if name == "" {
		return kind{}, fmt.Errorf("replay: -kind is required, one of %v", kindList())
	}
	return kind{}, fmt.Errorf("replay: -kind %q: unknown, want one of %v", name, kindList())
}
