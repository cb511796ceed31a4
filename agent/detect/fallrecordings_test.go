package detect

import (
	"fmt"
	"testing"

	"osmanthus/agent/eval/recordings"
	"osmanthus/care"
)

// heard plays one recording to a detector, and tells whether anything was
// raised and not cleared, and the longest time from impact to confirmation, s.
func heard(r *recordings.Trial, kind Kind, gyro bool) (raised bool, slow float64) {
	d := newFall(Source{ID: "s-1", Resident: "r-1", Kind: kind})
	var alerts []care.Alert
	channels := r.Channels(gyro)
	size := int(r.Rate / 2)
	for i := 0; i < len(channels[0]); i += size {
		b := care.Block{Kind: care.IMU, Rate: r.Rate, Start: after(float64(i) / r.Rate)}
		for _, c := range channels {
			b.Channels = append(b.Channels, c[i:min(i+size, len(c))])
		}
		alerts = append(alerts, d.Block(&b)...)
	}
	for i := range 8 { // as live, when a band falls silent
		alerts = append(alerts, d.Tick(after(r.Seconds()+float64(i+1)))...)
	}
	episodes := map[care.Episode]bool{}
	for _, a := range alerts {
		episodes[a.Episode] = a.State != care.Cleared
		if a.State == care.Confirmed {
			slow = max(slow, a.At.Sub(a.Onset).Seconds())
		}
	}
	for _, up := range episodes {
		raised = raised || up
	}
	return raised, slow
}

// TestD2_FallsOnRecordings plays recordings to the models as they ship. They
// were fitted to these people, so this only shows that nothing has broken; the
// figures of people who were held out are in docs/detection.md.
func TestD2_FallsOnRecordings(t *testing.T) {
	for _, set := range []struct {
		name      string
		read      func() ([]recordings.Trial, error)
		kind      Kind
		gyro      bool
		every     int // recordings, of which one is played
		find, let int // least shares, %
	}{
		{"WEDA-FALL with its gyroscope", recordings.WEDA, IMUWrist, true, 1, 98, 97},
		{"WEDA-FALL by acceleration alone", recordings.WEDA, IMUWrist, false, 1, 97, 96},
		{"UMAFall, wrist", recordings.UMAFallWrist, IMUWrist, false, 2, 96, 97},
		{"HIFD", recordings.HIFD, IMUWrist, true, 2, 97, 97},
		{"SisFall", recordings.SisFall, IMUWaist, true, 4, 97, 98},
		{"UMAFall, waist", recordings.UMAFallWaist, IMUWaist, false, 2, 97, 98},
	} {
		var n fallTally
		slowest := 0.0
		for i, r := range recordings.Read(t, set.read) {
			if i%set.every > 0 {
				continue
			}
			raised, slow := heard(&r, set.kind, set.gyro)
			slowest = max(slowest, slow)
			n.add(r.Fall, raised)
		}
		t.Logf("%s, fitted to these people: %v, slowest confirmation %.1f s", set.name, n, slowest)
		if n.worse(set.find, set.let) || slowest > 30 {
			t.Errorf("%s: the detector has become worse", set.name)
		}
	}
}

// fallTally counts what is made of recordings.
type fallTally struct{ falls, found, others, kept int }

func (n *fallTally) add(fall, raised bool) {
	switch {
	case fall && raised:
		n.falls, n.found = n.falls+1, n.found+1
	case fall:
		n.falls++
	case raised:
		n.others++
	default:
		n.others, n.kept = n.others+1, n.kept+1
	}
}

// worse reports whether fewer falls are found or fewer others let be than shares
// of them, %.
func (n fallTally) worse(find, let int) bool {
	return n.found*100 < n.falls*find || n.kept*100 < n.others*let
}

func (n fallTally) String() string {
	return fmt.Sprintf("%d of %d falls found, %d of %d others let be", n.found, n.falls, n.kept, n.others)
}
