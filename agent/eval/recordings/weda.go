package recordings

import (
	"fmt"
	"path/filepath"
	"strings"
)

// WEDA reads WEDA-FALL: wrist, accelerometer and gyroscope, clipped at ±4 g,
// 50 Hz by row, as everybody takes it.
//
// By its own clock that is not so: every recording of daily life has 50 rows a
// second, and every fall has 40 (its time stamps are arrival times of bursts,
// but their mean rate is 39.3 to 41.1 Hz in each fall and 48 to 51 Hz in
// everything else). So by row the falls, and only they, run a quarter too
// fast, and a detector could tell them by that; see WEDAByClock. The marked
// times are by the clock (in 224 of 225 falls the highest peak then lies
// within them, by row in 189), and are brought to the time by row here.
func WEDA() ([]Trial, error) { return weda(50) }

// WEDAByClock is WEDA at the rate that the clock of each recording says: falls
// as fast as they were.
func WEDAByClock() ([]Trial, error) { return weda(0) }

// weda reads the set at one rate, or at that of each recording's clock for 0.
func weda(rate float64) ([]Trial, error) {
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
			Fall: activity[0] == 'F', Old: name[:3] >= "U21"}
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
		clock := float64(len(acc)-1) / (acc[len(acc)-1][0] - acc[0][0])
		if r.Rate = rate; rate == 0 {
			r.Rate = clock
		}
		m := marks[r.File]
		r.From, r.To = m[0]*clock/r.Rate, m[1]*clock/r.Rate
		trials = append(trials, r)
	}
	return trials, nil
}
