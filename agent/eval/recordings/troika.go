package recordings

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Run is one recording of TROIKA: wrist light and acceleration of somebody who
// runs.
type Run struct {
	ID     string
	Rate   float64      // samples a second: 125
	ECG    []float64    // no unit
	PPG    [2][]float64 // green light of two sensors, no unit
	Acc    [3][]float64 // g
	Window []float64    // the end of each reference window of 8 s, in seconds
	Heart  []float64    // and its heart rate by the electrocardiogram, /min
}

// TROIKA reads TROIKA (IEEE Signal Processing Cup 2015).
func TROIKA() ([]Run, error) {
	dir, err := Open("troika")
	if err != nil {
		return nil, err
	}
	paths, err := glob(dir, "open", "csv", "DATA_*.csv")
	if err != nil {
		return nil, fmt.Errorf("recordings: reading troika: %w", err)
	}
	runs := make([]Run, 0, len(paths))
	for _, path := range paths {
		id := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "DATA_"), ".csv")
		data, err := rows(path, 1, ",", 6)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading troika: %w", err)
		}
		ref, err := rows(filepath.Join(filepath.Dir(path), "REF_"+id+".csv"), 1, ",", 3)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading troika: %w", err)
		}
		r := Run{ID: id, Rate: 125, ECG: column(data, 0, 1), Acc: axes(data, 3, 1), Window: column(ref, 1, 1), Heart: column(ref, 2, 1)}
		r.PPG[0], r.PPG[1] = column(data, 1, 1), column(data, 2, 1)
		runs = append(runs, r)
	}
	return runs, nil
}
