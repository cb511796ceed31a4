package eval

import (
	"errors"
	"fmt"
	"math"
	"time"

	"osmanthus/agent/detect"
	"osmanthus/agent/eval/recordings"
	"osmanthus/care"
)

// floor asks what ends the clock of a long lie. Nobody has recorded people who
// get up again after a fall, so each recording of something else follows a
// modelled fall of the same wearer and a minute of lying: whose clock ends, is
// taken for up.
func floor(e *Eval) error {
	t := NewTable("what is done a minute after a fall", "recordings", "longer than 25 s",
		"taken for up, the arm known", "of the longer ones", "taken for up, the arm not known", "of the longer ones")
	for _, set := range []struct {
		name string
		read func() ([]recordings.Trial, error)
		walk string // the activity that is walking, with which the arm is learnt
		also map[string]string
	}{
		{"HMP, wrist", recordings.HMP, "Walk", map[string]string{"Climb_stairs": "stairs", "Descend_stairs": "stairs"}},
		{"WEDA-FALL, wrist", recordings.WEDA, "D01", map[string]string{"D02": "jogging", "D03": "stairs"}},
		{"SisFall, waist", recordings.SisFall, "D01", map[string]string{"D02": "walking fast", "D03": "jogging", "D04": "jogging", "D05": "stairs", "D06": "stairs"}},
	} {
		e.Progress("floor: %s", set.name)
		trials, err := set.read()
		if err != nil {
			return fmt.Errorf("eval: floor: %w", err)
		}
		walks := map[string][]*recordings.Trial{} // of each person
		for i := range trials {
			if t := &trials[i]; t.Activity == set.walk && !t.Fall {
				walks[t.Person] = append(walks[t.Person], t)
			}
		}
		rows := map[string]*ups{}
		for i := range trials {
			trial := &trials[i]
			if trial.Fall {
				continue
			}
			what := "anything else"
			if trial.Activity == set.walk {
				what = "walking"
			} else if also := set.also[trial.Activity]; also != "" {
				what = also
			}
			if rows[what] == nil {
				rows[what] = &ups{}
			}
			if err := rows[what].add(trial, walks[trial.Person]); err != nil {
				return fmt.Errorf("eval: floor: %s: %w", trial.File, err)
			}
		}
		for _, what := range []string{"walking", "walking fast", "stairs", "jogging", "anything else"} {
			if u := rows[what]; u != nil {
				t.Row(set.name+": "+what, u.n, u.long, Share(u.known, u.knew), Share(u.knownLong, u.knewLong), Share(u.unknown, u.n), Share(u.unknownLong, u.long))
			}
		}
	}
	e.Table(t)
	e.Text("Ten seconds that look like walking end the clock where the band hangs as it does when this person walks, thirty where that is not known; the first five of each recording cannot count. *The arm known*: another recording of the same person walking was played before the fall. Who is not taken for up is told of, and has to be helped or closed by a person: missing a walk costs a call too many, taking something else for a walk may cost a life.")
	return nil
}

// ups counts the recordings of one row, and of those longer than 25 s.
type ups struct {
	n, long              int
	knew, knewLong       int // with another walk of the person to learn from
	known, knownLong     int
	unknown, unknownLong int
}

func (u *ups) add(t *recordings.Trial, walks []*recordings.Trial) error {
	long := t.Seconds() > 25
	count := func(all, longer *int, is bool) {
		if is {
			*all++
			if long {
				*longer++
			}
		}
	}
	count(&u.n, &u.long, true)
	up, err := getsUp(t, nil)
	if err != nil {
		return err
	}
	count(&u.unknown, &u.unknownLong, up)
	var learn []*recordings.Trial
	for _, w := range walks {
		if w != t {
			learn = append(learn, w)
		}
	}
	if len(learn) == 0 {
		return nil
	}
	count(&u.knew, &u.knewLong, true)
	if up, err = getsUp(t, learn); err != nil {
		return err
	}
	count(&u.known, &u.knownLong, up)
	return nil
}

// learnFor is how long somebody walks before the fall, where the arm is known.
const learnFor = 90.0

// getsUp plays walks, a modelled fall, a minute of lying and then the
// recording, and reports whether nobody is told of a long lie.
func getsUp(t *recordings.Trial, walks []*recordings.Trial) (bool, error) {
	kind := detect.IMUWrist
	if t.Place == recordings.Waist {
		kind = detect.IMUWaist
	}
	engine, err := detect.New(detect.Plan{Sources: []detect.Source{{ID: "band", Resident: "wearer", Kind: kind, Class: detect.Unsupervised}}})
	if err != nil {
		return false, err
	}
	p := &faller{engine: engine, at: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	for i := 0; len(walks) > 0 && p.played < learnFor; i++ {
		w := walks[i%len(walks)]
		p.play(w.Acc, w.Rate)
	}
	p.play(modelled(), 50)
	if !p.fell {
		return false, errors.New("the modelled fall was not confirmed")
	}
	p.play(t.Acc, t.Rate)
	for range 600 {
		p.tick()
	}
	return !p.lies, nil
}

// faller plays blocks of a second with a tick each.
type faller struct {
	engine     *detect.Engine
	at         time.Time
	played     float64 // s
	fell, lies bool
}

func (p *faller) play(acc [3][]float64, rate float64) {
	per := int(math.Round(rate))
	for n := 0; n+per <= len(acc[0]); n += per {
		b := care.Block{Source: "band", Resident: "wearer", Kind: care.IMU, Rate: rate, Start: p.at, Gap: n == 0,
			Channels: [][]float64{acc[0][n : n+per], acc[1][n : n+per], acc[2][n : n+per]}}
		_, alerts := p.engine.Block(&b)
		p.take(alerts)
		p.tick()
	}
}

func (p *faller) tick() {
	p.at = p.at.Add(time.Second)
	p.played++
	_, alerts := p.engine.Tick(p.at)
	p.take(alerts)
}

func (p *faller) take(alerts []care.Alert) {
	for _, a := range alerts {
		if a.State == care.Confirmed {
			p.fell = p.fell || a.Kind == care.Fall
			p.lies = p.lies || a.Kind == care.LongLie
		}
	}
}

// modelled is ten seconds of standing, a fall, and a minute of lying, at 50 Hz.
func modelled() (acc [3][]float64) {
	for i := range 50 * 75 {
		n := 0.01 * math.Sin(float64(i)*1.7) * math.Sin(float64(i)*0.31)
		v := [3]float64{0.2 + n, -0.93 - n, 0.31}
		switch u := float64(i)/50 - 10; {
		case u < -0.4:
			v = [3]float64{0.97 + n, 0.18, 0.16 - n}
		case u < 0:
			v = [3]float64{0.35 + n, 0.1, 0.1}
		case u < 0.4:
			blow := 4.5 * math.Exp(-u/0.15) * math.Cos(2*math.Pi*3*u)
			v = [3]float64{0.3 + 0.5*blow, -0.7 - 0.8*blow, 0.3 + 0.4*blow}
		}
		for k := range acc {
			acc[k] = append(acc[k], v[k])
		}
	}
	return acc
}
