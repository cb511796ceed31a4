package recordings

import (
	"fmt"
	"path/filepath"
	"strings"
)

// WEDA reads WEDA-FALL: wrist, accelerometer and gyroscope, 50 Hz by row (its
// time stamps are arrival times of bursts). It clips at ±4 g.
func WEDA() ([]Trial, error) {
	dir, err := Open("weda-fall")
	if err != nil {
		return nil, err
	}
	marks := map[string][2]float64{}
	marked, err := lines(filepath.Join(dir, "open", "fall_timestamps.csv"))
	if err != nil {
		return nil, fmt.Errorf("recordings: reading weda-fall: %w", err)
	}
	for _, l := range marked[1:] {
		if c := strings.Split(l, ","); len(c) == 3 {
			marks[c[0]] = [2]float64{number([]byte(c[1])), number([]byte(c[2]))}
		}
	}
	paths, err := glob(dir, "open", "50Hz", "*", "*_accel.csv")
	if err != nil {
		return nil, fmt.Errorf("recordings: reading weda-fall: %w", err)
	}
	trials := make([]Trial, 0, len(paths))
	for _, p := range paths {
		name, activity := strings.TrimSuffix(filepath.Base(p), "_accel.csv"), filepath.Base(filepath.Dir(p))
		r := Trial{Set: "weda-fall", File: activity + "/" + name, Person: name[:3], Activity: activity, Place: Wrist,
			Fall: activity[0] == 'F', Old: name[:3] >= "U21", Rate: 50}
		acc, err := rows(p, 1, ",", 4)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading weda-fall: %w", err)
		}
		gyro, err := rows(strings.TrimSuffix(p, "accel.csv")+"gyro.csv", 1, ",", 4)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading weda-fall: %w", err)
		}
		r.Acc, r.Gyro = axes(acc, 1, 1/gravity), axes(gyro, 1, degrees)
		even(&r.Acc, &r.Gyro)
		m := marks[r.File]
		r.From, r.To = m[0], m[1]
		trials = append(trials, r)
	}
	return trials, nil
}
