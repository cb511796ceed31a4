package eval

import (
	"fmt"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

// FitMatrix fits the model of a mattress of force-sensing cells to the means
// of recordings. An empty bed counts as much as all occupied ones together.
func FitMatrix(all []recordings.Mattress) detect.MatrixModel {
	var cells, lying [][]float64
	var in, how []int
	var weights, even []float64
	empty := 0
	for _, r := range all {
		if r.Posture == recordings.Empty {
			empty++
		}
	}
	for _, r := range all {
		x := detect.MatrixInputs(means(r.Rows))
		cells = append(cells, x)
		if r.Posture == recordings.Empty {
			in, weights = append(in, 0), append(weights, float64(len(all)-empty)/float64(max(empty, 1)))
			continue
		}
		in, weights = append(in, 1), append(weights, 1)
		lying, how, even = append(lying, x), append(how, int(r.Posture)), append(even, 1)
	}
	var m detect.MatrixModel
	occupied := softmax(cells, in, weights, 2, 0.01)
	for j := range m.Occupied {
		m.Occupied[j] = occupied[1][j] - occupied[0][j]
	}
	for k, w := range softmax(lying, how, even, len(m.Posture), 0.05) {
		copy(m.Posture[k][:], w)
	}
	return m
}

func means(rows [][]float64) []float64 {
	mean := make([]float64, len(rows[0]))
	for _, r := range rows {
		for k, v := range r {
			mean[k] += v / float64(len(rows))
		}
	}
	return mean
}

// matrices plays every recording of the mattress with a model that never saw
// its person, and an empty bed with one that never saw that recording.
func matrices(e *Eval) error {
	all, err := recordings.FSRMattress()
	if err != nil {
		return fmt.Errorf("eval: bed: %w", err)
	}
	empty, found, lying, right := 0, 0, 0, 0
	emptyRight := 0
	var table [4][5]int // posture by what was said; the last column is none
	models := map[string]detect.MatrixModel{}
	for _, r := range all {
		out := r.Person
		if r.Posture == recordings.Empty {
			out = r.File
		}
		if _, done := models[out]; !done {
			var rest []recordings.Mattress
			for _, o := range all {
				if o.File != r.File && (o.Person != r.Person || r.Posture == recordings.Empty) {
					rest = append(rest, o)
				}
			}
			models[out] = FitMatrix(rest)
		}
		m := models[out]
		said, err := PlayMattress(r, replay.Options{Alter: func(p *detect.Plan) { p.Sources[0].Matrix = &m }})
		if err != nil {
			return fmt.Errorf("eval: bed: %w", err)
		}
		occupancy, posture := last(said.Readings, care.BedOccupancy), last(said.Readings, care.BedPosture)
		if r.Posture == recordings.Empty {
			empty++
			if occupancy == 0 {
				emptyRight++
			}
			continue
		}
		lying++
		if occupancy == 1 {
			found++
		}
		k := 4
		if posture >= care.PostureBack && posture <= care.PostureStomach {
			k = int(posture) - care.PostureBack
		}
		table[r.Posture][k]++
		if k == int(r.Posture) {
			right++
		}
	}
	e.Heading("A mattress of 16 force-sensing cells, without calibration")
	t := NewTable("told", "right", "of", "share (95 %)")
	t.Row("an empty bed", emptyRight, empty, Share(emptyRight, empty))
	t.Row("an occupied bed", found, lying, Share(found, lying))
	t.Row("posture", right, lying, Share(right, lying))
	e.Table(t)
	e.Text("Of each recording the last that is said in its 10 s counts. Each person was held out of the fit, and each recording of an empty bed, of which there are few. Nothing is published on this set.")
	p := NewTable("lay on", "told: back", "left", "right", "stomach", "none")
	for k, name := range []string{"back", "left", "right", "stomach"} {
		p.Row(name, table[k][0], table[k][1], table[k][2], table[k][3], table[k][4])
	}
	e.Table(p)
	return nil
}

// last returns the last value of a metric, -1 where there is none.
func last(readings []care.Reading, m care.Metric) float64 {
	v := -1.0
	for _, r := range readings {
		if r.Metric == m {
			v = r.Value
		}
	}
	return v
}

// PlayMattress plays a recording of the mattress, one row a second.
func PlayMattress(m recordings.Mattress, o replay.Options) (replay.Outcome, error) {
	r := replay.Recording{Name: m.File, Rate: 1}
	for k := range m.Rows[0] {
		c := replay.Column{Name: fmt.Sprintf("f%02d", k+1)}
		for _, row := range m.Rows {
			c.Values = append(c.Values, row[k])
		}
		r.Columns = append(r.Columns, c)
	}
	return replay.Play("bed-fsr", r, o)
}
