package e2e

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"periph.io/x/conn/v3/gpio"

	"osmanthus/agent/sim"
	"osmanthus/care"
	"osmanthus/cloud/api"
	"osmanthus/deploy/demo"
	"osmanthus/e2e/lab"
)

// logIn opens the station in the browser as the nurse would.
func logIn(t *testing.T, road *lab.Road, language string) *lab.Page {
	t.Helper()
	page := lab.NewPage(t, 1280, 800, language)
	page.Do(20*time.Second,
		chromedp.Navigate(road.URL("/")),
		chromedp.WaitVisible(`input[name=name]`),
		chromedp.SendKeys(`input[name=name]`, "nurse"),
		chromedp.SendKeys(`input[name=password]`, road.Password("nurse")),
		chromedp.Click(`button[type=submit]`),
	)
	page.Until(20*time.Second, `document.querySelectorAll('[data-testid=resident]').length == 8`)
	return page
}

// walksThenFalls gives a resident a walk that ends in a fall at impact.
func walksThenFalls(road *lab.Road, r *demo.Resident, impact time.Time) {
	seconds := impact.Sub(road.House.Start).Seconds()
	m := demo.NewMovement(99)
	m.Then(-10, demo.Sitting)
	m.Then(seconds-15, demo.Standing)
	m.Then(seconds-10, demo.Walking)
	m.Then(seconds-demo.ImpactAfter, demo.Fallen)
	road.House.Wrist(r.ID).SetSource(func(at time.Time) ([3]float64, [3]float64) {
		return m.IMU(at.Sub(road.House.Start).Seconds())
	})
}

const ringing = `document.querySelector('[data-ringing=high]')`

// raised reports whether people were called: a suspicion that was dropped is in
// the list, too.
func raised(a api.Alarm) bool {
	return slices.ContainsFunc(a.History, func(s api.Step) bool { return s.Transition == "raised" })
}

// alarmOf returns the one alarm of a kind about a resident that was raised.
func alarmOf(road *lab.Road, kind care.Kind, resident care.ResidentID) (api.Alarm, error) {
	all, err := road.Alarms()
	if err != nil {
		return api.Alarm{}, err
	}
	var found []api.Alarm
	for _, a := range all {
		if a.Kind == kind.String() && a.Resident == string(resident) && raised(a) {
			found = append(found, a)
		}
	}
	if len(found) != 1 {
		return api.Alarm{}, fmt.Errorf("%d alarms %s of %s, of %d in all", len(found), kind, resident, len(all))
	}
	return found[0], nil
}

// flashes reports whether a lamp changed within the last two seconds.
func flashes(lamp *sim.Pin) bool {
	h := lamp.History()
	return len(h) > 2 && time.Since(h[len(h)-1].At) < 2*time.Second
}

// TestE1_AModelledFallReachesTheNurse: somebody walks and falls; the station
// rings and says who and where; the lamp in the corridor flashes; a nurse
// acknowledges and the lamp goes dark; the history says who and when.
func TestE1_AModelledFallReachesTheNurse(t *testing.T) {
	story := demo.Calm(1)
	faller := story.Residents[2]
	road := lab.NewRoad(t, story)
	road.Agent.Start(t)
	road.LogIn("nurse")
	page := logIn(t, road, "zh-CN")
	page.Until(40*time.Second, `document.querySelector('[data-resident="`+string(faller.ID)+`"] [data-metric=pulse_rate]')`)

	impact := time.Now().Add(16 * time.Second)
	walksThenFalls(road, faller, impact)
	rang := page.Until(60*time.Second, ringing)
	page.Until(2*time.Second, `document.body.innerText.includes('`+faller.NameZH+`') && document.body.innerText.includes('`+faller.Room+`')`)
	alarm, err := alarmOf(road, care.Fall, faller.ID)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("modelled fall: impact to ring %v, decision to ring %v", rang.Sub(impact).Round(10*time.Millisecond), rang.Sub(alarm.DecidedAt).Round(10*time.Millisecond))
	if off := alarm.Onset.Sub(impact); off < -time.Second || off > time.Second {
		t.Errorf("the alarm says that the fall was %v off its impact", off)
	}
	lamp := road.House.Red(faller)
	lab.Eventually(t, 3*time.Second, "the lamp of room "+faller.Room+" flashes", func() error {
		if !flashes(lamp) {
			return fmt.Errorf("%d changes of its pin", len(lamp.History()))
		}
		return nil
	})
	page.Shoot("alarm zh-CN")

	page.Do(5*time.Second, chromedp.Click(`[data-testid=alarm][data-alarm="`+fmt.Sprint(alarm.ID)+`"] [data-act=acknowledge]`))
	acknowledged := time.Now()
	page.Until(5*time.Second, `!`+ringing)
	lab.Eventually(t, 15*time.Second, "the lamp goes dark", func() error {
		if h := lamp.History(); lamp.Read() == gpio.High || time.Since(h[len(h)-1].At) < 2*time.Second {
			return errors.New("it still flashes")
		}
		return nil
	})
	h := lamp.History()
	t.Logf("click to dark lamp %v", max(0, h[len(h)-1].At.Sub(acknowledged)).Round(10*time.Millisecond))

	alarm, err = alarmOf(road, care.Fall, faller.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range alarm.History {
		if step.Transition == "acknowledged" {
			if step.Actor != "nurse" || step.ActorKind != "person" || step.Station == "" || math.Abs(step.At.Sub(acknowledged).Seconds()) > 5 {
				t.Errorf("the history says %+v", step)
			}
			return
		}
	}
	t.Errorf("the history does not know who acknowledged: %+v", alarm.History)
}
