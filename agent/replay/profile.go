package replay

import (
	"errors"
	"fmt"
	"os"
	"time"

	"osmanthus/agent/detect"
	"osmanthus/care"
)

// profile is what a replay knows about its wearer beyond the recording. In a
// file it is JSON; unknown keys are refused.
type profile struct {
	Class     string     `json:"class"` // of detect.Class; "" means unsupervised: a recording just ends
	Limits    []limit    `json:"limits"`
	Overrides []override `json:"overrides"`
	NoBedExit bool       `json:"no_bed_exit"`
	Pad       *struct {
		On  *float64 `json:"on"`
		Off *float64 `json:"off"`
	} `json:"pad"`
	Contact   float64 `json:"contact"`    // 0 means not judged: a recording has any unit
	SpO2Scale int     `json:"spo2_scale"` // of NEWS2: 1, which is the default, or 2
	Apnoea    *apnoea `json:"apnoea"`
	roomProfile
	fallProfile
	bedProfile

	pad       detect.Pad
	limits    []detect.Limit
	overrides []detect.Override
	class     detect.Class
}

type limit struct {
	Metric     string  `json:"metric"`
	Side       string  `json:"side"`
	Priority   string  `json:"priority"`
	Value      float64 `json:"value"`
	Hysteresis float64 `json:"hysteresis"`
	PersistS   float64 `json:"persist_s"`
}

type override struct {
	Metric   string  `json:"metric"`
	Side     string  `json:"side"`
	Priority string  `json:"priority"`
	Value    float64 `json:"value"`
	As       string  `json:"as"`
	By       string  `json:"by"`
	Why      string  `json:"why"`
	UntilS   float64 `json:"until_s"` // seconds of the recording
}

// apnoea says when pauses of breathing are urgent.
type apnoea struct {
	MediumS float64 `json:"medium_s"` // 0: as is built in
	HighS   float64 `json:"high_s"`
	By      string  `json:"by"`
	Why     string  `json:"why"`
	UntilS  float64 `json:"until_s"` // seconds of the recording
}

func readProfile(path string) (profile, error) {
	var p profile
	b, err := os.ReadFile(path)
	if err != nil {
		return p, fmt.Errorf("replay: reading the profile: %w", err)
	}
	if p, err = parseProfile(string(b)); err != nil {
		return p, fmt.Errorf("replay: reading the profile %s: %w", path, err)
	}
	return p, nil
}

func parseProfile(text string) (p profile, err error) {
	if err := decode(text, &p); err != nil {
		return p, err
	}
	if err := p.resolve(); err != nil {
		return p, err
	}
	for _, k := range kinds {
		if k.room || k.name == kinds[0].name {
			if _, err := detect.New(p.plan(k)); err != nil {
				return p, err
			}
		}
	}
	return p, nil
}

// resolve turns names into what they name.
func (p *profile) resolve() error {
	if err := p.roomProfile.resolve(); err != nil {
		return err
	}
	if err := p.fallProfile.resolve(); err != nil {
		return err
	}
	if err := p.bedProfile.resolve(); err != nil {
		return err
	}
	if p.Class != "" {
		c, ok := detect.ClassByName(p.Class)
		if !ok {
			return fmt.Errorf("class %q is not known", p.Class)
		}
		p.class = c
	}
	if err := p.checkScale(); err != nil {
		return err
	}
	if b := p.Bed; b != nil && p.NoBedExit && b.Exit != "" && b.Exit != "never" {
		return errors.New("bed: exit: no_bed_exit says that leaving is no alert at any hour")
	}
	if b := p.Pad; b != nil {
		if b.On == nil || b.Off == nil || *b.On == *b.Off {
			return errors.New("pad: want on and off, that lie apart")
		}
		p.pad = detect.Pad{On: *b.On, Off: *b.Off}
	}
	if p.Limits != nil {
		p.limits = []detect.Limit{} // an empty list is none, not those that are built in
	}
	for i, l := range p.Limits {
		m, s, pr, err := border(l.Metric, l.Side, l.Priority)
		if err != nil {
			return fmt.Errorf("limits[%d]: %w", i, err)
		}
		p.limits = append(p.limits, detect.Limit{Metric: m, Side: s, Priority: pr, Value: l.Value, Hysteresis: l.Hysteresis, Persist: seconds(l.PersistS)})
	}
	for i, o := range p.Overrides {
		m, s, pr, err := border(o.Metric, o.Side, o.Priority)
		if err != nil {
			return fmt.Errorf("overrides[%d]: %w", i, err)
		}
		if err := expires(o.UntilS); err != nil {
			return fmt.Errorf("overrides[%d]: %w", i, err)
		}
		d := detect.Override{Resident: resident, Metric: m, Side: s, Priority: pr, Value: o.Value, By: o.By, Why: o.Why, Until: at(o.UntilS)}
		if o.As != "" {
			if d.As, err = priority(o.As); err != nil {
				return fmt.Errorf("overrides[%d]: as: %w", i, err)
			}
		}
		p.overrides = append(p.overrides, d)
	}
	if a := p.Apnoea; a != nil {
		if err := expires(a.UntilS); err != nil {
			return fmt.Errorf("apnoea: %w", err)
		}
	}
	return nil
}

// expires says what is wrong with the second at which an exception ends.
func expires(untilS float64) error {
	if untilS <= 0 {
		return fmt.Errorf("until_s %v: want the second of the recording at which it expires", untilS)
	}
	return nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func border(metric, side, prio string) (care.Metric, detect.Side, care.Priority, error) {
	m, ok := care.MetricByName(metric)
	if !ok {
		return 0, 0, 0, fmt.Errorf("metric %q is not known", metric)
	}
	s := detect.Above
	switch side {
	case "above":
	case "below":
		s = detect.Below
	default:
		return 0, 0, 0, fmt.Errorf("side %q: want above or below", side)
	}
	pr, err := priority(prio)
	return m, s, pr, err
}

func priority(name string) (care.Priority, error) {
	for p := care.Low; p <= care.High; p++ {
		if p.String() == name {
			return p, nil
		}
	}
	return 0, fmt.Errorf("priority %q: want low, medium or high", name)
}

// plan is what an engine watches for one recording.
func (p profile) plan(k kind) detect.Plan {
	s := detect.Source{ID: source, Resident: resident, Kind: k.source, Class: p.class, Contact: p.Contact}
	if s.Class == 0 {
		s.Class = detect.Unsupervised
	}
	if s.Contact == 0 {
		s.Contact = -1
	}
	s.Pad = p.pad
	bed := p.bed
	bed.Resident, bed.NoExit = resident, bed.NoExit || p.NoBedExit
	plan := detect.Plan{
		Sources: []detect.Source{s}, Limits: p.limits, Overrides: p.overrides, Scale2: p.scale2(),
		Zone: p.wall, Beds: []detect.BedPolicy{bed},
	}
	if a := p.Apnoea; a != nil {
		plan.Apnoeas = []detect.ApnoeaPolicy{{Resident: resident, Medium: seconds(a.MediumS), High: seconds(a.HighS), By: a.By, Why: a.Why, Until: at(a.UntilS)}}
	}
	if k.room {
		if p.Bed == nil { // people of rooms get up alone, where nothing else is said
			b := &plan.Beds[0]
			b.NoExit, b.NotBackNight, b.NotBackDay, b.NeverBack = true, -1, -1, -1
		}
		plan = p.roomProfile.plan(plan)
	}
	return p.fallProfile.plan(plan)
}
