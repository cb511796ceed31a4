package recordings

import (
	"fmt"
	"path/filepath"
	"strings"
)

// HIFD reads HIFD: wrist, 50 Hz. The set's acceleration is without gravity,
// which is put back here by the set's quaternion; no file says when its fall
// was.
func HIFD() ([]Trial, error) {
	dir, err := Open("hifd")
	if err != nil {
		return nil, err
	}
	paths, err := glob(dir, "open", "csv", "*", "*", "*.csv")
	if err != nil {
		return nil, fmt.Errorf("recordings: reading hifd: %w", err)
	}
	trials := make([]Trial, 0, len(paths))
	for _, p := range paths {
		activity, group := strings.TrimSuffix(filepath.Base(p), ".csv"), filepath.Base(filepath.Dir(p))
		person := filepath.Base(filepath.Dir(filepath.Dir(p)))
		table, err := rows(p, 1, ",", 11)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading hifd: %w", err)
		}
		r := Trial{Set: "hifd", File: person + "/" + group + "/" + activity, Person: person, Activity: activity, Place: Wrist,
			Fall: group == "fall", Rate: 50, Acc: axes(table, 1, 1), Gyro: axes(table, 4, 1)}
		for i, c := range table {
			up := upward(c[7], c[8], c[9], c[10])
			for k := range up {
				r.Acc[k][i] += up[k]
			}
		}
		trials = append(trials, r)
	}
	return trials, nil
}

// upward is the world's vertical in the frame of the sensor: (0, 0, -1) turned
// by the inverse of a quaternion, with y and z the other way round. The set
// does not say so; its recordings do. Its gyroscope turns this vector as the
// quaternions do (and no other of the 96 ways to choose axes, signs and
// direction), acceleration so turned into the world adds up to a hand at rest
// again, and its highest peaks point up, as those of a hand that is stopped.
func upward(w, x, y, z float64) [3]float64 {
	return [3]float64{2 * (w*y - x*z), 2 * (y*z + w*x), w*w - x*x - y*y + z*z}
}
