package recordings

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
)

// Hypoxia is one person whose oxygen was lowered step by step, with clinical
// oximeters 1 to 5 once a second, of which the third measured nothing.
type Hypoxia struct {
	ID string
	// SpO2 in % and Pulse in /min, per oximeter (0 is the first); NaN where the
	// oximeter had no value.
	SpO2, Pulse [5][]float64
	// Camera is the mean red, green and blue of a finger on a camera, 30 a
	// second, which begins with the oximeters.
	Camera [3][]float64
}

// HypoxiaSpO2 reads the set of induced hypoxaemia.
func HypoxiaSpO2() ([]Hypoxia, error) {
	dir, err := Open("hypoxia-spo2")
	if err != nil {
		return nil, err
	}
	paths, err := glob(dir, "open", "gt", "*.csv")
	if err != nil {
		return nil, fmt.Errorf("recordings: reading hypoxia-spo2: %w", err)
	}
	people := make([]Hypoxia, 0, len(paths))
	for _, path := range paths {
		h := Hypoxia{ID: strings.TrimSuffix(filepath.Base(path), ".csv")}
		table, err := rows(path, 1, ",", 11)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading hypoxia-spo2: %w", err)
		}
		for k := range h.SpO2 {
			h.SpO2[k], h.Pulse[k] = measured(column(table, 1+k, 1)), measured(column(table, 6+k, 1))
		}
		light, err := rows(filepath.Join(dir, "open", "ppg-csv-left", filepath.Base(path)), 1, ",", 3)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading hypoxia-spo2: %w", err)
		}
		h.Camera = axes(light, 0, 1)
		people = append(people, h)
	}
	return people, nil
}

// measured makes NaN of what an oximeter writes without a finger.
func measured(values []float64) []float64 {
	for i, v := range values {
		if v == 0 {
			values[i] = math.NaN()
		}
	}
	return values
}
