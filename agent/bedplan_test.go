package agent

import (
	"reflect"
	"testing"
	"time"

	"osmanthus/agent/config"
	"osmanthus/agent/detect"
)

func TestD5_WhatTheFileSaysOfABedIsItsPolicy(t *testing.T) {
	night := config.Hours{Given: true, From: 21 * time.Hour, To: 7 * time.Hour}
	for _, c := range []struct {
		name string
		r    config.Resident
		want []detect.BedPolicy
	}{
		{"nothing", config.Resident{ID: "r"}, nil},
		{"may leave", config.Resident{ID: "r", NoBedExit: true}, []detect.BedPolicy{{Resident: "r", NoExit: true}}},
		{"never", config.Resident{ID: "r", Bed: &config.Bed{Exit: config.Hours{Given: true, Never: true}, NotBackDay: config.Never}},
			[]detect.BedPolicy{{Resident: "r", NoExit: true, NotBackDay: -1}}},
		{"always", config.Resident{ID: "r", Bed: &config.Bed{Edge: config.Hours{Given: true}}},
			[]detect.BedPolicy{{Resident: "r", Edge: true}}},
		{"by night", config.Resident{ID: "r", Bed: &config.Bed{Exit: night, Edge: night, Night: night, Turn: config.Wait(2 * time.Hour), TurnHours: night,
			NotBackNight: config.Wait(time.Minute), NeverBack: config.Wait(time.Hour), Arm: new(config.Duration(time.Minute))}},
			[]detect.BedPolicy{{Resident: "r", ExitHours: hours(night), Edge: true, EdgeHours: hours(night), Night: hours(night), Turn: 2 * time.Hour, TurnHours: hours(night),
				NotBackNight: time.Minute, NeverBack: time.Hour, Arm: time.Minute}}},
		{"at once", config.Resident{ID: "r", Bed: &config.Bed{Arm: new(config.Duration)}}, []detect.BedPolicy{{Resident: "r", Arm: -1}}},
	} {
		if got := bedPolicy(c.r); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
