package config

import "time"

// Bed says which events of the bed of a resident are alerts, and at which
// local hours. What is left out stays as it is for everybody.
type Bed struct {
	Exit         Hours     `yaml:"exit"`           // leaving it
	Edge         Hours     `yaml:"edge"`           // sitting on its edge
	Night        Hours     `yaml:"night"`          // what counts as night
	NotBackNight Wait      `yaml:"not_back_night"` // out of it, having left at night
	NotBackDay   Wait      `yaml:"not_back_day"`   // having left by day
	NeverBack    Wait      `yaml:"never_back"`     // out of it: urgent
	Arm          *Duration `yaml:"arm"`            // in it before leaving counts; 0s is at once
	Turn         Wait      `yaml:"turn"`           // in one posture; 0 is never, too
	TurnHours    Hours     `yaml:"turn_hours"`
}

// bed judges what was decided about the bed of resident i.
func (j *judgement) bed(i int, r Resident) {
	b := r.Bed
	if b == nil {
		return
	}
	in := func(key string) at { return at{"residents", i, "bed", key} }
	if r.NoBedExit && b.Exit.Given && !b.Exit.Never {
		j.bad(in("exit"), "no_bed_exit says that leaving is no alert at any hour: leave out one of them")
	}
	for key, w := range map[string]Wait{"not_back_night": b.NotBackNight, "not_back_day": b.NotBackDay, "never_back": b.NeverBack} {
		if d := time.Duration(w); w != Never && w != 0 && (d < time.Minute || d > 24*time.Hour) {
			j.bad(in(key), "%v is not never, or between 1m and 24h", w)
		}
	}
	if b.Arm != nil && (*b.Arm < 0 || *b.Arm > Duration(time.Hour)) {
		j.bad(in("arm"), "%v is not between 0s and 1h", *b.Arm)
	}
	if d := time.Duration(b.Turn); b.Turn != Never && d != 0 && (d < 10*time.Minute || d > 12*time.Hour) {
		j.bad(in("turn"), "%v is not never, or between 10m and 12h", b.Turn)
	}
	if b.Night.Never || b.Night.Given && b.Night.From == b.Night.To {
		j.bad(in("night"), "give the hours of the night, as in 22:00-06:00")
	}
	if b.TurnHours.Never {
		j.bad(in("turn_hours"), "never: leave out turn instead")
	}
	if b.Turn <= 0 && b.TurnHours.Given {
		j.bad(in("turn_hours"), "without turn nobody is turned")
	}
}
