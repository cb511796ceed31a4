package eval

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/recordings"
	"osmanthus/care"
)

// rates plays the same falls as other devices would have measured them: at
// other rates, clipped, noisy, worn the other way round; and softer.
func rates(e *Eval) error {
	e.Text("The same recordings as other devices would have measured them, each person held out of the fit as above. By its clock each fall of WEDA-FALL has 40 rows a second and everything else 50; by row, as the set is used by everybody, its falls therefore run a quarter too fast. In the last rows everybody moves more softly: all acceleration that is faster than half a second is made smaller, in falls and in daily living. Turning stays as it was.")
	weda, err := recordings.WEDA()
	if err != nil {
		return err
	}
	clock, err := recordings.WEDAByClock()
	if err != nil {
		return err
	}
	e.Heading("Wrist, WEDA-FALL")
	t := NewTable("recordings", "falls found", "daily living kept quiet")
	for _, row := range []struct {
		what   string
		trials []recordings.Trial
		gyro   bool
		change func(*recordings.Trial)
	}{
		{"50 Hz by row, with gyroscope", weda, true, nil},
		{"50 Hz by row, accelerometer alone", weda, false, nil},
		{"falls at the 40 Hz of their own clock, with gyroscope", clock, true, nil},
		{"falls at the 40 Hz of their own clock, accelerometer alone", clock, false, nil},
		{"25 Hz", weda, true, every(2)},
		{"100 Hz", weda, true, double},
		{"clipped at ±2 g", weda, true, clip(2)},
		{"other arm (one axis mirrored)", weda, true, mirror},
		{"device turned by a quarter", weda, true, turn},
		{"noise of 0.03 g and 2 °/s", weda, true, noise(0.03, 2)},
		{"a third softer", weda, true, soften(2.0 / 3)},
		{"half as hard", weda, true, soften(0.5)},
	} {
		if err := e.same(&t, row.what, row.trials, row.gyro, row.change); err != nil {
			return err
		}
	}
	e.Table(t)
	sisfall, err := recordings.SisFall()
	if err != nil {
		return err
	}
	e.Heading("Waist, SisFall")
	t = NewTable("recordings", "falls found", "daily living kept quiet")
	for _, row := range []struct {
		what   string
		gyro   bool
		change func(*recordings.Trial)
	}{
		{"200 Hz, with gyroscope", true, nil},
		{"200 Hz, accelerometer alone", false, nil},
		{"100 Hz", true, every(2)},
		{"50 Hz", true, every(4)},
		{"25 Hz", true, every(8)},
		{"20 Hz", true, every(10)},
		{"clipped at ±4 g", true, clip(4)},
		{"clipped at ±2 g", true, clip(2)},
		{"device turned by a quarter", true, turn},
		{"noise of 0.03 g and 2 °/s", true, noise(0.03, 2)},
		{"a third softer", true, soften(2.0 / 3)},
		{"half as hard", true, soften(0.5)},
	} {
		if err := e.same(&t, row.what, sisfall, row.gyro, row.change); err != nil {
			return err
		}
	}
	e.Table(t)
	return nil
}

// same plays all trials as a change makes them and adds a row.
func (e *Eval) same(t *Table, what string, trials []recordings.Trial, gyro bool, change func(*recordings.Trial)) error {
	e.Progress("rates: %s", what)
	modelOf, err := e.heldFallModels(trials[0].Place)
	if err != nil {
		return err
	}
	falls, found, quiet, kept := 0, 0, 0, 0
	for _, r := range trials {
		if change != nil {
			change(&r)
		}
		heard, err := playFalls(&r, gyro, modelOf(r.Set, r.Person))
		if err != nil {
			return err
		}
		raised := len(Raised(heard.Alerts, care.Fall)) > 0
		switch {
		case r.Fall && raised:
			falls, found = falls+1, found+1
		case r.Fall:
			falls++
		case raised:
			quiet++
		default:
			quiet, kept = quiet+1, kept+1
		}
	}
	t.Row(what, Share(found, falls), Share(kept, quiet))
	return nil
}

// heldFallModels are the models of falls at a place for people who were held
// out.
func (e *Eval) heldFallModels(place recordings.Place) (func(set, person string) *detect.FallModel, error) {
	if m, known := e.fallModels[place]; known {
		return m, nil
	}
	for _, p := range fallPlaces() {
		if p.place == place {
			d, err := readFalls(p)
			if err != nil {
				return nil, err
			}
			return d.heldOut(e)
		}
	}
	return nil, fmt.Errorf("eval: nothing is fitted for the %s", place)
}

// each replaces every channel of a trial; the trial that is kept elsewhere
// stays as it is.
func each(r *recordings.Trial, change func(channel []float64, gyro bool) []float64) {
	for k := range r.Acc {
		r.Acc[k] = change(r.Acc[k], false)
		if r.Gyro[k] != nil {
			r.Gyro[k] = change(r.Gyro[k], true)
		}
	}
}

// every takes one of n samples, the mean of n as a device's filter gives it.
func every(n int) func(*recordings.Trial) {
	return func(r *recordings.Trial) {
		r.Rate /= float64(n)
		each(r, func(c []float64, _ bool) []float64 {
			out := make([]float64, 0, len(c)/n)
			for i := 0; i+n <= len(c); i += n {
				sum := 0.0
				for _, v := range c[i : i+n] {
					sum += v
				}
				out = append(out, sum/float64(n))
			}
			return out
		})
	}
}

// double puts the mean between each two samples.
func double(r *recordings.Trial) {
	r.Rate *= 2
	each(r, func(c []float64, _ bool) []float64 {
		out := make([]float64, 0, 2*len(c))
		for i, v := range c {
			out = append(out, v, (v+c[min(i+1, len(c)-1)])/2)
		}
		return out
	})
}

// clip limits acceleration.
func clip(g float64) func(*recordings.Trial) {
	return func(r *recordings.Trial) {
		each(r, func(c []float64, gyro bool) []float64 {
			out := slices.Clone(c)
			for i, v := range out {
				if !gyro {
					out[i] = min(max(v, -g), g)
				}
			}
			return out
		})
	}
}

// mirror is the same movement of the other arm.
func mirror(r *recordings.Trial) {
	negative := func(c []float64) []float64 {
		out := make([]float64, len(c))
		for i, v := range c {
			out[i] = -v
		}
		return out
	}
	r.Acc[0] = negative(r.Acc[0])
	if r.Gyro[1] != nil { // a turn keeps its sign about the axis that is mirrored only
		r.Gyro[1], r.Gyro[2] = negative(r.Gyro[1]), negative(r.Gyro[2])
	}
}

// turn turns the device by a quarter about its third axis.
func turn(r *recordings.Trial) {
	for _, a := range []*[3][]float64{&r.Acc, &r.Gyro} {
		x := make([]float64, len(a[1]))
		for i, v := range a[1] {
			x[i] = -v
		}
		if a[0] != nil {
			a[0], a[1] = x, a[0]
		}
	}
}

// noise adds what a worse device would have added.
func noise(g, dps float64) func(*recordings.Trial) {
	return func(r *recordings.Trial) {
		source := rand.New(rand.NewPCG(uint64(len(r.Acc[0])), 1))
		each(r, func(c []float64, gyro bool) []float64 {
			out := slices.Clone(c)
			size := g
			if gyro {
				size = dps
			}
			for i := range out {
				out[i] += size * source.NormFloat64()
			}
			return out
		})
	}
}

// soften leaves a share of acceleration that is faster than half a second.
func soften(share float64) func(*recordings.Trial) {
	return func(r *recordings.Trial) {
		around := int(r.Rate / 4)
		each(r, func(c []float64, gyro bool) []float64 {
			out := slices.Clone(c)
			for i, v := range c {
				if gyro {
					continue
				}
				near := c[max(0, i-around):min(len(c), i+around+1)]
				mean := 0.0
				for _, w := range near {
					mean += w / float64(len(near))
				}
				out[i] = mean + share*(v-mean)
			}
			return out
		})
	}
}
