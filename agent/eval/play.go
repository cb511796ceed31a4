package eval

import (
	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

// PlayTrial plays a recording of movement, with its gyroscope or without.
func PlayTrial(t *recordings.Trial, gyro bool, o replay.Options) (replay.Outcome, error) {
	names := []string{"ax", "ay", "az", "gx", "gy", "gz"}
	r := replay.Recording{Name: t.File, Rate: t.Rate}
	for i, c := range t.Channels(gyro) {
		r.Columns = append(r.Columns, replay.Column{Name: names[i], Values: c})
	}
	return replay.Play("imu-"+string(t.Place), r, o)
}

// Raised lists the episodes of one kind that were suspected or confirmed and,
// a suspicion, not cleared again: what acceptance counts as an alarm. Each is
// its last alert before it was cleared.
func Raised(alerts []care.Alert, kind care.Kind) []care.Alert {
	var episodes []care.Alert
	index := map[care.Episode]int{}
	confirmed := map[care.Episode]bool{}
	dropped := map[care.Episode]bool{}
	for _, a := range alerts {
		if a.Kind != kind {
			continue
		}
		i, known := index[a.Episode]
		switch {
		case a.State == care.Cleared:
			dropped[a.Episode] = !confirmed[a.Episode]
			continue
		case a.State == care.Confirmed:
			confirmed[a.Episode] = true
		}
		if known {
			episodes[i] = a
		} else {
			index[a.Episode] = len(episodes)
			episodes = append(episodes, a)
		}
	}
	var raised []care.Alert
	for _, a := range episodes {
		if !dropped[a.Episode] {
			raised = append(raised, a)
		}
	}
	return raised
}
