package detect

import (
	"fmt"
	"time"

	"osmanthus/care"
)

// BedPolicy says which events of a bed somebody wants to hear of. The zero
// value of each field is its default.
type BedPolicy struct {
	Resident care.ResidentID
	// Arm is how long somebody must be in the bed before leaving it is judged;
	// 0 means 2 minutes, or at once where the sensor knows lying from sitting.
	// A negative value means at once.
	Arm time.Duration

	NoExit    bool  // leaving the bed is not an alert
	ExitHours Hours // when leaving is one; all day where nothing is said

	Edge      bool  // sitting on the edge is an alert
	EdgeHours Hours // when it is

	// NotBackNight and NotBackDay are after what time out of the bed that is an
	// alert, by whether the bed was left at night: 0 means 15 and 45 minutes,
	// a negative value never.
	NotBackNight, NotBackDay time.Duration
	// NeverBack is after what time out of the bed that alert becomes urgent: 0
	// means 30 minutes for who left at night and is missed at all, and never for
	// who left by day; a negative value means never.
	NeverBack time.Duration
	Night     Hours // 22:00 to 06:00 where nothing is said

	// Turn is after what time in one posture that is an alert; 0 means never. 2
	// hours are usual. It needs a sensor that reports bed_posture.
	Turn      time.Duration
	TurnHours Hours
}

const (
	bedArm          = 2 * time.Minute
	bedNotBackNight = 15 * time.Minute
	bedNotBackDay   = 45 * time.Minute
	bedNeverBack    = 30 * time.Minute
)

// bedPolicy returns the policy of a resident with its defaults filled in.
func (p Plan) bedPolicy(s Source) BedPolicy {
	b := BedPolicy{Resident: s.Resident}
	for _, o := range p.Beds {
		if o.Resident == s.Resident {
			b = o
		}
	}
	if b.Arm == 0 && s.Kind != BedIMU {
		b.Arm = bedArm
	}
	if b.Night == (Hours{}) {
		b.Night = Night
	}
	if b.NotBackNight == 0 {
		b.NotBackNight = bedNotBackNight
	}
	if b.NotBackDay == 0 {
		b.NotBackDay = bedNotBackDay
	}
	return b
}

// away returns after what time out of a bed that was left at night, or by day,
// that is an alert, and after what time it becomes urgent; 0 for never.
func (b *BedPolicy) away(night bool) (missed, urgent time.Duration) {
	missed, urgent = b.NotBackDay, b.NeverBack
	if night {
		missed = b.NotBackNight
		if urgent == 0 && missed > 0 {
			urgent = max(bedNeverBack, 2*missed)
		}
	}
	return max(missed, 0), max(urgent, 0)
}

// check says what is wrong with a policy.
func (b BedPolicy) check() error {
	for _, h := range []Hours{b.ExitHours, b.EdgeHours, b.Night, b.TurnHours} {
		if err := h.check(); err != nil {
			return fmt.Errorf("the bed of %q: %w", b.Resident, err)
		}
	}
	if b.Turn < 0 {
		return fmt.Errorf("the bed of %q: turning every %v", b.Resident, b.Turn)
	}
	return nil
}
