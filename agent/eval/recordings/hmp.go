package recordings

import (
	"fmt"
	"path/filepath"
	"strings"
)

// HMP reads the daily living of the HMP set: right wrist, accelerometer that
// clips at ±1.5 g, 32 Hz. There is no fall in it.
func HMP() ([]Trial, error) {
	dir, err := Open("hmp-wrist-adl")
	if err != nil {
		return nil, err
	}
	paths, err := glob(dir, "open", "*", "Accelerometer-*.txt")
	if err != nil {
		return nil, fmt.Errorf("recordings: reading hmp-wrist-adl: %w", err)
	}
	trials := make([]Trial, 0, len(paths))
	for _, p := range paths {
		activity := filepath.Base(filepath.Dir(p))
		name := strings.TrimSuffix(filepath.Base(p), ".txt")
		table, err := rows(p, 0, " ", 3)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading hmp-wrist-adl: %w", err)
		}
		acc := axes(table, 0, 3.0/63) // 0…63 for -1.5…1.5 g
		for k := range acc {
			for i := range acc[k] {
				acc[k][i] -= 1.5
			}
		}
		trials = append(trials, Trial{Set: "hmp-wrist-adl", File: activity + "/" + name, Person: name[strings.LastIndex(name, "-")+1:],
			Activity: activity, Place: Wrist, Rate: 32, Acc: acc})
	}
	return trials, nil
}
