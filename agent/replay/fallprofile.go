package replay

import (
	"fmt"
	"math"
	"os"

	"osmanthus/agent/detect"
)

// fallProfile is what a profile says about falls.
type fallProfile struct {
	Fall struct {
		Model       string   `json:"model"`   // file of another model, as agent/detect/models has them
		Suspect     *float64 `json:"suspect"` // other borders of the model, in logits
		Believe     *float64 `json:"believe"`
		Sure        *float64 `json:"sure"`
		WellWindowS float64  `json:"well_window_s"`
		LongLieS    float64  `json:"long_lie_s"`
	} `json:"fall"`

	wrist, waist *detect.FallModel // nil: the one that is shipped
}

// resolve reads the model that the profile names, and moves its borders.
func (p *fallProfile) resolve() error {
	f := p.Fall
	var named *detect.FallModel
	if f.Model != "" {
		b, err := os.ReadFile(f.Model)
		if err == nil {
			named, err = detect.ParseFallModel(b)
		}
		if err != nil {
			return fmt.Errorf("fall: model: %w", err)
		}
	}
	p.wrist, p.waist = named, named
	if f.Suspect == nil && f.Believe == nil && f.Sure == nil {
		return nil
	}
	for kind, to := range map[detect.Kind]**detect.FallModel{detect.IMUWrist: &p.wrist, detect.IMUWaist: &p.waist} {
		m := named
		var err error
		if m == nil {
			m, err = detect.ShippedFallModel(kind)
		}
		if err == nil {
			*to, err = m.WithBorders(or(f.Suspect), or(f.Believe), or(f.Sure))
		}
		if err != nil {
			return fmt.Errorf("fall: %w", err)
		}
	}
	return nil
}

// or is a number that may be left out, then NaN.
func or(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// plan adds what the profile says about falls to a plan.
func (p *fallProfile) plan(plan detect.Plan) detect.Plan {
	plan.Falls = []detect.FallPolicy{{Resident: resident, WellWindow: seconds(p.Fall.WellWindowS), LongLie: seconds(p.Fall.LongLieS)}}
	for i := range plan.Sources {
		switch s := &plan.Sources[i]; s.Kind {
		case detect.IMUWrist:
			s.Fall = p.wrist
		case detect.IMUWaist:
			s.Fall = p.waist
		}
	}
	return plan
}
