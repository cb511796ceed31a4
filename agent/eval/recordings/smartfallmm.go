package recordings

import (
	"fmt"
	"path/filepath"
	"strings"
)

// SmartFallMM reads SmartFallMM: watch, accelerometer, 32 Hz by row (its time
// stamps are arrival times of bursts). Its labels are noisy, and its files are
// cut closely around the movement. Old are the people of its older group.
func SmartFallMM() ([]Trial, error) {
	dir, err := Open("smartfallmm")
	if err != nil {
		return nil, err
	}
	paths, err := glob(dir, "open", "*", "accelerometer", "watch", "*.csv")
	if err != nil {
		return nil, fmt.Errorf("recordings: reading smartfallmm: %w", err)
	}
	trials := make([]Trial, 0, len(paths))
	for _, p := range paths {
		name := strings.TrimSuffix(filepath.Base(p), ".csv") // S33A05T07
		group := filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(p))))
		table, err := rows(p, 0, ",", 4)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading smartfallmm: %w", err)
		}
		trials = append(trials, Trial{Set: "smartfallmm", File: group + "/" + name, Person: name[:3], Activity: name[3:6], Place: Wrist,
			Fall: name[3:6] >= "A10", Old: group == "old", Rate: 32, Acc: axes(table, 1, 1/gravity)})
	}
	return trials, nil
}
