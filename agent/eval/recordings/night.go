package recordings

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Night is the breathing of one healthy young adult over a whole night.
type Night struct {
	ID    string
	Start time.Time // as the set says
	Rate  float64   // samples a second: 20
	Resp  []float64 // a belt's converter counts
}

// OvernightResp reads the nights of breathing. Nobody marked anything in them.
func OvernightResp() ([]Night, error) {
	dir, err := Open("overnight-resp")
	if err != nil {
		return nil, err
	}
	paths, err := glob(dir, "open", "*_resp.csv")
	if err != nil {
		return nil, fmt.Errorf("recordings: reading overnight-resp: %w", err)
	}
	nights := make([]Night, 0, len(paths))
	for _, path := range paths {
		table, err := rows(path, 1, ",", 1)
		if err != nil {
			return nil, fmt.Errorf("recordings: reading overnight-resp: %w", err)
		}
		n := Night{ID: strings.TrimSuffix(filepath.Base(path), "_resp.csv"), Rate: 20, Resp: column(table, 0, 1)}
		if len(table) > 0 && len(table[0]) >= 3 {
			n.Start, n.Rate = time.UnixMilli(int64(table[0][1])).UTC(), table[0][2]
		}
		nights = append(nights, n)
	}
	return nights, nil
}

// Oximetry is one notification of a finger oximeter.
type Oximetry struct {
	At                   time.Time // local, without a zone
	SpO2, Pulse, PerfIdx float64   // %, /min, %; 0 without a finger
	Raw                  string    // the 20 bytes in hex
}

// OximeterNight reads a night of one healthy adult at a finger oximeter, about
// one row a second with gaps.
func OximeterNight() ([]Oximetry, error) {
	dir, err := Open("ble-captures")
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, "open", "pc60fw_overnight_part1.csv"))
	if err != nil {
		return nil, fmt.Errorf("recordings: reading ble-captures: %w", err)
	}
	defer f.Close()
	table, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("recordings: reading ble-captures: %w", err)
	}
	night := make([]Oximetry, 0, len(table))
	for i, c := range table {
		at, err := time.Parse("2006-01-02 15:04:05.999999", c[0])
		if err != nil {
			return nil, fmt.Errorf("recordings: reading ble-captures: line %d: %w", i+1, err)
		}
		night = append(night, Oximetry{At: at, SpO2: number([]byte(c[1])), Pulse: number([]byte(c[2])), PerfIdx: number([]byte(c[3])), Raw: c[4]})
	}
	return night, nil
}
