package recordings

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
)

// UMAFallWrist reads the wrist of UMAFall: accelerometer, 20.1 Hz by row. No
// file says when its fall was.
func UMAFallWrist() ([]Trial, error) { return umafall(Wrist) }

// UMAFallWaist reads the waist of UMAFall, which some recordings lack.
func UMAFallWaist() ([]Trial, error) { return umafall(Waist) }

func umafall(place Place) ([]Trial, error) {
	dir, err := Open("umafall")
	if err != nil {
		return nil, err
	}
	paths, err := glob(dir, "open", "*.csv")
	if err != nil {
		return nil, fmt.Errorf("recordings: reading umafall: %w", err)
	}
	var trials []Trial
	for _, p := range paths {
		name := filepath.Base(p)
		acc, err := umafallAxes(p, strings.ToUpper(string(place)))
		if err != nil {
			return nil, fmt.Errorf("recordings: reading umafall: %w", err)
		}
		if len(acc[0]) == 0 {
			continue
		}
		parts := strings.Split(strings.TrimPrefix(name, "UMAFall_Subject_"), "_") // 04_ADL_Jogging_1_…
		activity := parts[2]
		if i := strings.Index(name, parts[2]); parts[1] == "ADL" {
			activity = strings.TrimRight(strings.Split(name[i:], "_20")[0], "_0123456789")
		}
		trials = append(trials, Trial{Set: "umafall", File: name, Person: parts[0], Activity: activity, Place: place,
			Fall: parts[1] == "Fall", Rate: 20.1, Acc: acc})
	}
	return trials, nil
}

// umafallAxes takes the rows of the sensor that the header names at a position.
func umafallAxes(path, position string) (acc [3][]float64, err error) {
	all, err := lines(path)
	if err != nil {
		return acc, err
	}
	sensor := ""
	for _, l := range all {
		c := strings.Split(strings.TrimSpace(l), ";")
		switch {
		case strings.HasPrefix(l, "%"):
			if len(c) == 4 && strings.TrimSpace(c[2]) == position {
				sensor = strings.TrimSpace(c[1])
			}
		case len(c) >= 7 && c[6] == sensor:
			for k := range acc {
				v := number([]byte(c[2+k]))
				if math.IsNaN(v) {
					return acc, fmt.Errorf("%s: %q is no number", filepath.Base(path), c[2+k])
				}
				acc[k] = append(acc[k], v)
			}
		}
	}
	return acc, nil
}
