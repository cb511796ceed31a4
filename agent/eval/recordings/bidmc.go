package recordings

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
)

// Patient is one recording of BIDMC: 8 minutes of an intensive care patient
// lying still.
type Patient struct {
	ID     string
	Person string    // the first recording of the same person
	Age    float64   // years, 90 for older, NaN where not known
	Rate   float64   // of the waveforms, samples a second: 125
	Resp   []float64 // impedance of the chest, no unit
	Pleth  []float64 // light at the finger, no unit; a beat goes up
	// The monitor's values once a second, NaN where it had none.
	Heart, Pulse, Breathing, SpO2 []float64
	// Breaths are the times in seconds that each of two people marked.
	Breaths [2][]float64
}

// BIDMC reads BIDMC: 35 recordings of 28 patients (06 to 09, 20 to 23 and 38
// and 39 are one each).
func BIDMC() ([]Patient, error) {
	dir, err := Open("bidmc")
	if err != nil {
		return nil, err
	}
	paths, err := glob(dir, "open", "*_RespPleth.csv")
	if err != nil {
		return nil, fmt.Errorf("recordings: reading bidmc: %w", err)
	}
	patients := make([]Patient, 0, len(paths))
	for _, path := range paths {
		p, err := patient(strings.TrimSuffix(path, "_RespPleth.csv"))
		if err != nil {
			return nil, fmt.Errorf("recordings: reading bidmc: %w", err)
		}
		patients = append(patients, p)
	}
	return patients, nil
}

// samePerson are the recordings of who was recorded before.
var samePerson = map[string]string{
	"bidmc_07": "bidmc_06", "bidmc_08": "bidmc_06", "bidmc_09": "bidmc_06",
	"bidmc_21": "bidmc_20", "bidmc_22": "bidmc_20", "bidmc_23": "bidmc_20", "bidmc_39": "bidmc_38",
}

func patient(base string) (Patient, error) {
	p := Patient{ID: filepath.Base(base), Rate: 125, Age: math.NaN()}
	if p.Person = samePerson[p.ID]; p.Person == "" {
		p.Person = p.ID
	}
	facts, err := lines(base + "_Fix.txt")
	if err != nil {
		return p, err
	}
	for _, l := range facts {
		if age, ok := strings.CutPrefix(l, "Age: "); ok {
			p.Age = number([]byte(strings.TrimSuffix(strings.TrimSpace(age), "+")))
		}
	}
	waves, err := rows(base+"_RespPleth.csv", 1, ",", 2)
	if err != nil {
		return p, err
	}
	p.Resp, p.Pleth = column(waves, 0, 1), column(waves, 1, 1)
	values, err := rows(base+"_Numerics.csv", 1, ",", 5)
	if err != nil {
		return p, err
	}
	p.Heart, p.Pulse, p.Breathing, p.SpO2 = column(values, 1, 1), column(values, 2, 1), column(values, 3, 1), column(values, 4, 1)
	marks, err := rows(base+"_Breaths.csv", 1, ",", 1)
	if err != nil {
		return p, err
	}
	for _, m := range marks {
		for k := range min(2, len(m)) {
			if !math.IsNaN(m[k]) {
				p.Breaths[k] = append(p.Breaths[k], m[k]/p.Rate)
			}
		}
	}
	return p, nil
}
