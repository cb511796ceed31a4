package replay

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"osmanthus/agent/detect"
)

// bedProfile is what a profile says of the bed of its wearer. Times of the day
// are those of the recording, which begins at 00:00 where the profile has no
// start.
type bedProfile struct {
	Bed *bedRules `json:"bed"`

	bed detect.BedPolicy
}

// bedRules are what is told of a bed.
type bedRules struct {
	ArmS          float64 `json:"arm_s"`            // s; negative: at once
	Exit          string  `json:"exit"`             // hours, as in "22:00-06:00", always or never
	Edge          string  `json:"edge"`             // likewise
	Night         string  `json:"night"`            // hours
	NotBackNightS float64 `json:"not_back_night_s"` // s; negative: never
	NotBackDayS   float64 `json:"not_back_day_s"`
	NeverBackS    float64 `json:"never_back_s"`
	TurnS         float64 `json:"turn_s"`
	TurnHours     string  `json:"turn_hours"` // hours, or always
}

// resolve turns hours into what they are.
func (p *bedProfile) resolve() error {
	var b bedRules
	if p.Bed != nil {
		b = *p.Bed
	}
	p.bed = detect.BedPolicy{
		Resident: resident, Arm: seconds(b.ArmS), NoExit: b.Exit == "never", Edge: b.Edge != "" && b.Edge != "never",
		NotBackNight: seconds(b.NotBackNightS), NotBackDay: seconds(b.NotBackDayS), NeverBack: seconds(b.NeverBackS), Turn: seconds(b.TurnS),
	}
	for _, h := range []struct {
		name, text string
		words      []string // that are no hours
		hours      *detect.Hours
	}{
		{"exit", b.Exit, []string{"", "always", "never"}, &p.bed.ExitHours}, {"edge", b.Edge, []string{"", "always", "never"}, &p.bed.EdgeHours},
		{"night", b.Night, []string{""}, &p.bed.Night}, {"turn_hours", b.TurnHours, []string{"", "always"}, &p.bed.TurnHours},
	} {
		if slices.Contains(h.words, h.text) {
			continue
		}
		var err error
		if *h.hours, err = hoursOf(h.text); err != nil {
			return fmt.Errorf("bed: %s: %w", h.name, err)
		}
	}
	return nil
}

// hoursOf reads hours as in "22:00-06:00".
func hoursOf(text string) (detect.Hours, error) {
	from, to, ok := strings.Cut(text, "-")
	f, err1 := time.Parse("15:04", strings.TrimSpace(from))
	t, err2 := time.Parse("15:04", strings.TrimSpace(to))
	if !ok || err1 != nil || err2 != nil {
		return detect.Hours{}, fmt.Errorf("%q is not as in \"22:00-06:00\"", text)
	}
	if f.Equal(t) {
		return detect.Hours{}, fmt.Errorf("%q begins when it ends", text)
	}
	day := func(t time.Time) time.Duration {
		return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	}
	return detect.Hours{From: day(f), To: day(t)}, nil
}
