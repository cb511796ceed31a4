package recordings

import (
	"fmt"
	"path/filepath"
)

// SisFall reads SisFall: waist, accelerometer (13 bits of ±16 g) and gyroscope
// (±2000 °/s), 200 Hz. No file says when its fall was.
func SisFall() ([]Trial, error) {
	dir, err := Open("sisfall")
	if err != nil {
		return nil, err
	}
	paths, err := glob(dir, "open", "*", "*.txt")
	if err != nil {
		return nil, fmt.Errorf("recordings: reading sisfall: %w", err)
	}
	trials := make([]Trial, 0, len(paths))
	for _, p := range paths {
		name := filepath.Base(p)
		table, err := rows(p, 0, ",", 6)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading sisfall: %w", err)
		}
		trials = append(trials, Trial{Set: "sisfall", File: name[4:8] + "/" + name, Person: name[4:8], Activity: name[:3], Place: Waist,
			Fall: name[0] == 'F', Old: name[4:6] == "SE", Rate: 200,
			Acc: axes(table, 0, 32.0/8192), Gyro: axes(table, 3, 4000.0/65536)})
	}
	return trials, nil
}
