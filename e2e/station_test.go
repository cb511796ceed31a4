package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"osmanthus/agent/sim"
	"osmanthus/care"
	"osmanthus/cloud/alarm"
	"osmanthus/cloud/api"
	"osmanthus/deploy/demo"
	"osmanthus/e2e/lab"
)

// What a page says of itself.
const (
	silent   = `document.querySelector('[data-ringing=none]')`
	lost     = `document.querySelector('[data-link=lost] [data-testid=link-lost]')`
	linked   = `document.querySelector('[data-link=ok]') && !document.querySelector('[data-testid=link-lost]')`
	soundOff = `document.querySelector('[data-sound=off] [data-testid=sound-off]')`
	soundOn  = `document.querySelector('[data-sound=on]') && !document.querySelector('[data-testid=sound-off]')`
)

// TestJ2J3E6I3_AShiftAtTheStation is one house in which one thing after the other
// happens to its stations: two of them in step (J3), a fall (screenshots), a
// sensor that is silent for a while (I3), a gateway that dies (E6), a browser
// that makes no sound (J2), and a line that is cut (J2).
func TestJ2J3E6I3_AShiftAtTheStation(t *testing.T) {
	story := demo.Calm(7)
	road := lab.NewRoad(t, story)
	road.Agent.Start(t)
	road.LogIn("nurse")
	page := logIn(t, road, "zh-CN")
	line := lab.NewLink(t, road.HTTP)
	ward := visit(t, road, "http://"+line.Addr)
	caller, faller, sleeper := story.Residents[7], story.Residents[2], story.Residents[4]

	inStep(t, road, page, ward, caller)
	openAlarm(t, road, page, faller)
	lab.Eventually(t, 2*time.Minute, "breathing is measured", func() error { return breathes(road, sleeper, time.Time{}) })
	bus := road.House.Home.Bus("bed-" + sleeper.Room + "-" + sleeper.Bed)
	bus.SetFault(sim.NoAnswer) // somebody's sensors are silent, while other things happen
	quiet := time.Now()
	linkLost(t, line, ward)
	soundIsOff(t, road)
	wait(time.Until(quiet.Add(40 * time.Second)))
	bus.SetFault(sim.NoFault)
	gapsStayGaps(t, road, page, sleeper, quiet, time.Now())
	gatewayIsLost(t, road, page)
}

// visit opens another station at an address of the cloud, in a browser in which
// nobody has clicked.
func visit(t *testing.T, road *lab.Road, url string, autoplay ...string) *lab.Page {
	t.Helper()
	page := lab.NewPage(t, 1280, 800, "en", autoplay...)
	for _, c := range road.Cookies() {
		page.SetCookie(url, c.Name, c.Value)
	}
	page.Do(20*time.Second, chromedp.Navigate(url+"/"))
	page.Until(20*time.Second, `document.querySelectorAll('[data-testid=resident]').length == 8`)
	page.Until(10*time.Second, linked)
	return page
}

// inStep lets somebody call, and one of two stations acknowledge.
func inStep(t *testing.T, road *lab.Road, one, other *lab.Page, caller *demo.Resident) {
	t.Helper()
	road.House.Call(caller.ID).Press()
	defer road.House.Call(caller.ID).Release()
	one.Until(10*time.Second, ringing)
	other.Until(10*time.Second, ringing)
	call, err := alarmOf(road, care.Call, caller.ID)
	if err != nil {
		t.Fatal(err)
	}
	one.Do(5*time.Second, chromedp.Click(fmt.Sprintf(`[data-alarm="%d"] [data-act=acknowledge]`, call.ID)))
	clicked := time.Now()
	quiet := other.Until(5*time.Second, silent)
	one.Until(5*time.Second, silent)
	call, err = alarmOf(road, care.Call, caller.ID)
	if err != nil {
		t.Fatal(err)
	}
	late := quiet.Sub(clicked)
	t.Logf("acknowledged at one station; the other was quiet %v after the click had returned, %v after the record",
		late.Round(time.Millisecond), quiet.Sub(call.Acknowledged.At).Round(time.Millisecond))
	if late > time.Second {
		t.Errorf("the other station rang on for %v", late)
	}
}

// openAlarm lets somebody fall, and looks at the station in both languages and
// sizes while it rings.
func openAlarm(t *testing.T, road *lab.Road, page *lab.Page, faller *demo.Resident) {
	t.Helper()
	walksThenFalls(road, faller, time.Now().Add(16*time.Second))
	page.Until(60*time.Second, ringing)
	shootAll(page, "station")
	fall, err := alarmOf(road, care.Fall, faller.ID)
	if err != nil {
		t.Fatal(err)
	}
	acknowledge(t, road, page, fall.ID)
}

// shootAll takes a picture in each language, on a screen and on a phone. The
// page speaks Chinese before and after.
func shootAll(page *lab.Page, what string) {
	for _, language := range []string{"zh-CN", "en"} {
		page.Until(5*time.Second, `document.documentElement.lang == '`+language+`'`)
		page.Do(10*time.Second, chromedp.EmulateViewport(390, 844))
		page.Shoot(what + " " + language + " 390x844")
		page.Do(10*time.Second, chromedp.EmulateViewport(1280, 800))
		page.Shoot(what + " " + language + " 1280x800")
		page.Do(5*time.Second, chromedp.Click(`[data-testid=language]`))
	}
}

// linkLost cuts the line of a station and mends it.
func linkLost(t *testing.T, line *lab.Link, ward *lab.Page) {
	t.Helper()
	line.Cut()
	cut := time.Now()
	told := ward.Until(15*time.Second, lost).Sub(cut)
	t.Logf("line cut: link lost is shown after %v", told.Round(10*time.Millisecond))
	if told > 10*time.Second {
		t.Errorf("link lost is shown only after %v", told)
	}
	// Nobody is shown as watched, no value as new.
	ward.Until(time.Second, `document.querySelectorAll('[data-testid=resident][data-watched=false]').length == 8`)
	ward.Until(time.Second, `document.querySelectorAll('[data-stale=true]').length > 0 && document.querySelectorAll('[data-stale=false]').length == 0`)
	ward.Shoot("link lost en")
	line.Mend()
	mended := time.Now()
	back := ward.Until(20*time.Second, linked)
	t.Logf("line mended: the station is back by itself after %v", back.Sub(mended).Round(10*time.Millisecond))
	ward.Until(5*time.Second, `document.querySelector('[data-testid=resident][data-watched=true]')`)
}

// soundIsOff opens a station in a browser as it is delivered.
func soundIsOff(t *testing.T, road *lab.Road) {
	t.Helper()
	page := visit(t, road, road.URL(""), lab.Muted)
	page.Until(5*time.Second, soundOff)
	page.Shoot("sound off en")
	page.Do(5*time.Second, chromedp.Click(`[data-testid=sound-off]`))
	page.Until(5*time.Second, soundOn)
}

// charts are what a resident's page draws.
var charts = []string{"pulse_rate", "spo2", "respiratory_rate"}

// breathes checks that a respiratory rate of somebody after a time is stored:
// of the three, the one that takes longest.
func breathes(road *lab.Road, r *demo.Resident, after time.Time) error {
	got, err := pointsOf(road, fmt.Sprintf(`"resident"='%s' AND "metric"='respiratory_rate' AND time > %dms`, r.ID, max(0, after.UnixMilli())))
	if err == nil && len(got) == 0 {
		err = errors.New("no respiratory rate is stored")
	}
	return err
}

// gapsStayGaps looks at the charts of somebody whose sensors were silent from
// quiet to mended.
func gapsStayGaps(t *testing.T, road *lab.Road, page *lab.Page, r *demo.Resident, quiet, mended time.Time) {
	t.Helper()
	lab.Eventually(t, 2*time.Minute, "breathing is measured again", func() error { return breathes(road, r, mended) })
	got, err := pointsOf(road, fmt.Sprintf(`"resident"='%s'`, r.ID))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range got {
		if slices.Contains(charts, p.metric) && p.at.After(quiet.Add(10*time.Second)) && p.at.Before(mended) {
			t.Errorf("%s has a value of %v, in the silence from %v to %v", p.metric, p.at, quiet, mended)
		}
	}
	page.Do(5*time.Second, chromedp.Click(`[data-resident="`+string(r.ID)+`"]`))
	// The page draws the time before anybody measured as a gap, and the silence.
	for _, metric := range charts {
		page.Until(20*time.Second, `(c => c && c.points > 1 && c.gaps >= 2)(document.querySelector('[data-testid=chart][data-metric=`+metric+`]')?.dataset)`)
	}
	shootAll(page, "resident")
	page.Do(5*time.Second, chromedp.Navigate(road.URL("/")))
	page.Until(20*time.Second, linked)
}

// gatewayIsLost kills the agent and waits for the alarm about it.
func gatewayIsLost(t *testing.T, road *lab.Road, page *lab.Page) {
	t.Helper()
	road.Agent.Kill()
	killed := time.Now()
	var list []api.Gateway
	if err := road.Call(http.MethodGet, "/gateways", nil, &list); err != nil || len(list) != 1 || list[0].LastSeen == nil {
		t.Fatalf("gateways: %+v, %v", list, err)
	}
	heard := *list[0].LastSeen
	find := func() (api.Alarm, error) {
		all, err := road.Alarms()
		for _, a := range all {
			if a.Kind == "gateway_lost" {
				return a, nil
			}
		}
		return api.Alarm{}, errors.Join(errors.New("no such alarm"), err)
	}
	var a api.Alarm
	lab.Eventually(t, 2*time.Minute, "the lost gateway is an alarm", func() (err error) { a, err = find(); return err })
	shown := page.Until(5*time.Second, fmt.Sprintf(`document.querySelector('[data-alarm="%d"]')`, a.ID))
	t.Logf("agent killed: on the page after %v, %v after its last word", shown.Sub(killed).Round(100*time.Millisecond), shown.Sub(heard).Round(100*time.Millisecond))
	if d := shown.Sub(heard); d < alarm.SilentAfter*9/10 || d > alarm.SilentAfter*11/10 {
		t.Errorf("the alarm came %v after the last word, want %v ±10 %%", d, alarm.SilentAfter)
	}
	page.Until(5*time.Second, `document.querySelectorAll('[data-testid=resident][data-watched=false]').length == 8`)
	page.Shoot("gateway lost zh-CN")
	road.Agent.Start(t)
	restarted := time.Now()
	gone := page.Until(30*time.Second, fmt.Sprintf(`!document.querySelector('[data-alarm="%d"]')`, a.ID))
	t.Logf("agent restarted: the alarm is gone from the page after %v", gone.Sub(restarted).Round(100*time.Millisecond))
	if a, err := find(); err != nil || a.State != "closed" {
		t.Errorf("the alarm is %q, %v", a.State, err)
	}
}
