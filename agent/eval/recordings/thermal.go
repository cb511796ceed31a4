package recordings

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// Clip is some seconds of a 4×4 thermal array that looks into a room.
type Clip struct {
	File  string // as in "f_16"
	Scene string
	Fall  bool
	// T is the time of each frame in seconds from the first; frames come about
	// 8 a second, unevenly.
	T []float64
	// Frames hold 16 temperatures each in °C, row by row.
	Frames [][]float64
}

// ThermalD6T reads the thermal clips. The set does not say who is in which.
func ThermalD6T() ([]Clip, error) {
	dir, err := Open("thermal-d6t")
	if err != nil {
		return nil, err
	}
	tags, err := lines(filepath.Join(dir, "open", "fall_scene_tag.csv"))
	if err != nil {
		return nil, fmt.Errorf("recordings: reading thermal-d6t: %w", err)
	}
	scene := map[string]string{}
	for _, l := range tags[1:] {
		if c := strings.Split(l, ","); len(c) == 3 {
			scene[c[0]] = c[1]
		}
	}
	paths, err := glob(dir, "open", "*_data", "*.csv")
	if err != nil {
		return nil, fmt.Errorf("recordings: reading thermal-d6t: %w", err)
	}
	var clips []Clip
	for _, path := range paths {
		name := filepath.Base(path)
		c, err := clip(path)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading thermal-d6t: %s: %w", name, err)
		}
		c.File, c.Scene, c.Fall = strings.TrimSuffix(name, ".csv"), scene[name], strings.HasPrefix(name, "f_")
		clips = append(clips, c)
	}
	return clips, nil
}

func clip(path string) (c Clip, err error) {
	texts, err := lines(path)
	if err != nil {
		return c, err
	}
	var first time.Time
	for i, l := range texts {
		cells := strings.Split(l, ",")
		if len(cells) != 17 {
			return c, fmt.Errorf("line %d: %d cells, want 17", i+1, len(cells))
		}
		at, err := time.Parse("2006-01-02 15:04:05.999999", cells[0])
		if err != nil {
			return c, fmt.Errorf("line %d: %w", i+1, err)
		}
		if i == 0 {
			first = at
		}
		frame := make([]float64, 16)
		for k := range frame {
			frame[k] = number([]byte(cells[1+k]))
		}
		c.T, c.Frames = append(c.T, at.Sub(first).Seconds()), append(c.Frames, frame)
	}
	return c, nil
}
