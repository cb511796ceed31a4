package eval

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/recordings"
	"osmanthus/agent/replay"
	"osmanthus/care"
)

// thermalBlock is how many clips in a row, by their numbers, are one block:
// they were taken one after another.
const thermalBlock = 12

// thermal plays every clip with a model that never saw its scene, and again
// with one that never saw its neighbours.
func thermal(e *Eval) error {
	clips, err := recordings.ThermalD6T()
	if err != nil {
		return fmt.Errorf("eval: thermal: %w", err)
	}
	clips = slices.DeleteFunc(clips, func(c recordings.Clip) bool { return len(c.Frames) < 2 })
	scenes, err := thermalOut(clips, func(c recordings.Clip) string { return c.Scene })
	if err != nil {
		return err
	}
	blocks, err := thermalOut(clips, func(c recordings.Clip) string {
		number, _ := strconv.Atoi(c.File[strings.LastIndex(c.File, "_")+1:])
		return fmt.Sprint(c.Fall, number/thermalBlock)
	})
	if err != nil {
		return err
	}
	t := NewTable("held out", "falls", "found", "sensitivity (95 %)", "other clips", "quiet", "specificity (95 %)")
	for _, r := range []struct {
		name string
		byScene
	}{{"the scene", scenes}, {fmt.Sprintf("%d clips in a row", thermalBlock), blocks}} {
		f, o := r.total(true), r.total(false)
		t.Row(r.name, f.n, f.right, Share(f.right, f.n), o.n, o.right, Share(o.right, o.n))
	}
	t.Row("published, other arrays of 16×4 (Chen and Ma 2015)", "", "", "0.953", "", "", "0.908")
	e.Table(t)
	s := NewTable("scene, held out", "clips", "right", "share (95 %)")
	for _, name := range scenes.names {
		r := scenes.of[name]
		s.Row(name, r.n, r.right, Share(r.right, r.n))
	}
	e.Table(s)
	e.Text("A fall is found where it is suspected or confirmed and not cleared when the clip ends. The clips last some seconds and are acted; it is not known how many people are in them. The border was chosen with these clips in view.")
	return nil
}

// byScene counts clips.
type byScene struct {
	names []string
	of    map[string]*thermalCount
}

type thermalCount struct {
	fall     bool
	n, right int
}

func (b byScene) total(fall bool) (sum thermalCount) {
	for _, c := range b.of {
		if c.fall == fall {
			sum.n, sum.right = sum.n+c.n, sum.right+c.right
		}
	}
	return sum
}

// thermalOut plays each clip with a model fitted to the clips of other groups.
func thermalOut(clips []recordings.Clip, group func(recordings.Clip) string) (byScene, error) {
	r := byScene{of: map[string]*thermalCount{}}
	models := map[string]detect.ThermalModel{}
	for _, c := range clips {
		g := group(c)
		if _, done := models[g]; !done {
			models[g] = FitThermal(slices.DeleteFunc(slices.Clone(clips), func(o recordings.Clip) bool { return group(o) == g }))
		}
		m := models[g]
		out, err := PlayClip(c, replay.Options{Alter: func(p *detect.Plan) { p.Sources[0].Thermal = &m }})
		if err != nil {
			return r, fmt.Errorf("eval: thermal: %w", err)
		}
		if r.of[c.Scene] == nil {
			r.of[c.Scene] = &thermalCount{fall: c.Fall}
			r.names = append(r.names, c.Scene)
		}
		n := r.of[c.Scene]
		n.n++
		if (len(Raised(out.Alerts, care.Fall)) > 0) == c.Fall {
			n.right++
		}
	}
	slices.Sort(r.names)
	return r, nil
}

// PlayClip plays a thermal clip.
func PlayClip(c recordings.Clip, o replay.Options) (replay.Outcome, error) {
	r := replay.Recording{Name: c.File, Columns: []replay.Column{{Name: "t", Values: c.T}}}
	for k := range c.Frames[0] {
		column := replay.Column{Name: fmt.Sprintf("p%02d", k+1)}
		for _, f := range c.Frames {
			column.Values = append(column.Values, f[k])
		}
		r.Columns = append(r.Columns, column)
	}
	return replay.Play("thermal", r, o)
}
