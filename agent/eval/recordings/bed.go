package recordings

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Posture is how somebody lies.
type Posture int

// The postures, by the numbers of the set.
const (
	Back    Posture = 0
	Left    Posture = 1
	Right   Posture = 2
	Stomach Posture = 3
	Empty   Posture = 5
)

// Mattress is 10 seconds of 16 force-sensing resistors under a mattress, one
// row a second.
type Mattress struct {
	File    string
	Person  string // "none" for an empty bed
	Posture Posture
	Rows    [][]float64 // 16 converter counts each, 0 to 1023
}

// FSRMattress reads the mattress recordings.
func FSRMattress() ([]Mattress, error) {
	dir, err := Open("fsr-mattress")
	if err != nil {
		return nil, err
	}
	paths, err := glob(dir, "open", "*.csv")
	if err != nil {
		return nil, fmt.Errorf("recordings: reading fsr-mattress: %w", err)
	}
	var all []Mattress
	for _, path := range paths {
		table, err := rows(path, 1, ",", 17)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading fsr-mattress: %w", err)
		}
		if len(table) == 0 {
			return nil, fmt.Errorf("recordings: reading fsr-mattress: %s is empty", filepath.Base(path))
		}
		name := strings.TrimSuffix(filepath.Base(path), ".csv")
		m := Mattress{File: name, Person: name[:strings.Index(name, "_")], Posture: Posture(table[0][16])}
		for _, r := range table {
			m.Rows = append(m.Rows, r[:16])
		}
		all = append(all, m)
	}
	return all, nil
}

// Where somebody of UCI 427 was.
const (
	OnBed    = 1 // sitting on the bed
	OnChair  = 2
	Lying    = 3 // in the bed
	Ambulant = 4
)

// Exit is one trial of UCI 427: an accelerometer at the sternum of an older
// person, read by radio at irregular times.
type Exit struct {
	File string // as in "S1_Dataset/d1p01M"
	Room int    // 1 or 2
	// T is the time of each row in seconds; rows have gaps of many seconds.
	T []float64
	// Acc are frontal, vertical and lateral acceleration, g.
	Acc   [3][]float64
	Label []int // OnBed, OnChair, Lying, Ambulant
}

// UCI427 reads the trials of bed and chair exits. The set does not say who is
// in which.
func UCI427() ([]Exit, error) {
	dir, err := Open("uci427-bedexit")
	if err != nil {
		return nil, err
	}
	paths, err := glob(dir, "open", "S*_Dataset", "d*")
	if err != nil {
		return nil, fmt.Errorf("recordings: reading uci427-bedexit: %w", err)
	}
	var all []Exit
	for _, path := range paths {
		table, err := rows(path, 0, ",", 9)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading uci427-bedexit: %w", err)
		}
		folder := filepath.Base(filepath.Dir(path))
		e := Exit{File: folder + "/" + filepath.Base(path), Room: int(folder[1] - '0'), T: column(table, 0, 1), Acc: axes(table, 1, 1)}
		for _, r := range table {
			e.Label = append(e.Label, int(r[8]))
		}
		all = append(all, e)
	}
	return all, nil
}
