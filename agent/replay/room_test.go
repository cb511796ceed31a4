package replay

import (
	"fmt"
	"strings"
	"testing"
)

// flatProfile is a flat whose recording begins at half past ten in the evening.
const flatProfile = `{"start": "2026-03-01T22:30:00+08:00", "zone": "Asia/Shanghai",
	"sensors": {"front": {"kind": "door", "room": "entrance"}, "bath": {"kind": "door", "room": "toilet"},
		"pir": {"kind": "pir", "room": "bathroom"}, "k": {"kind": "motion", "room": "kitchen"}, "bed": {"kind": "bed"}},
	"rooms": {"bathroom_night_s": 1800}}`

func TestD6_AHomeIsReplayed(t *testing.T) {
	room := file(t, "home.csv", strings.Join([]string{
		"t,sensor,state",
		"0,k,on",
		"5,k,off",
		"60,bath,open", // said for the first time: it may have been open before
		"64,bath,closed",
		"70,pir,1",
		"75,pir,0",
		"80,attic,1",       // is not in the profile
		"85,k,maybe",       // no state
		"3600,bath,closed", // it was closed before: no sign of life
		"4000,k,1",         // back
		"4001,k,0",
		"7200,front,open", // half past midnight
		"7204,front,closed",
		"9000,front,closed", // the end of the recording
	}, "\n"))
	lines, _, stderr, status := command("-kind", "room", "-profile", file(t, "p.json", flatProfile), room)
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	var said []string
	for _, l := range lines {
		if l["error"] != nil {
			said = append(said, "error")
			continue
		}
		said = append(said, fmt.Sprintf("%v %v %.0f", l["kind"], l["state"], l["t"]))
	}
	want := "error error bathroom_long confirmed 1864 bathroom_long cleared 4000 door_at_night confirmed 7504"
	if got := strings.Join(said, " "); got != want {
		t.Errorf("said %q, want %q", got, want)
	}
}

func TestProfilesOfHomesThatAreRefused(t *testing.T) {
	room := file(t, "home.csv", "t,sensor,state\n0,m,1\n")
	for want, profile := range map[string]string{
		`kind "crystal-ball"`:  `{"sensors": {"m": {"kind": "crystal-ball"}}}`,
		`room "cave"`:          `{"sensors": {"m": {"kind": "motion", "room": "cave"}}}`,
		`start: "yesterday"`:   `{"start": "yesterday"}`,
		`zone: "Mars"`:         `{"start": "2026-03-01T22:30:00+08:00", "zone": "Mars"}`,
		"without start":        `{"zone": "Asia/Shanghai"}`,
		`night: "late"`:        `{"rooms": {"night": "late"}}`,
		"between 5 minutes":    `{"rooms": {"bathroom_s": 3}}`,
		`unknown field "nite"`: `{"rooms": {"nite": "22:00-06:00"}}`,
	} {
		_, _, stderr, status := command("-kind", "room", "-profile", file(t, "p.json", profile), room)
		if status != 2 || !strings.Contains(stderr, want) {
			t.Errorf("%s: status %d, %q", profile, status, stderr)
		}
	}
}

func TestD2_AThermalClipIsReplayed(t *testing.T) {
	var b strings.Builder
	b.WriteString("t,p01,p02,p03,p04,p05,p06,p07,p08,p09,p10,p11,p12,p13,p14,p15,p16\n")
	for i := range 80 { // eight pictures a second: nobody, upright, on the floor
		at := float64(i) / 8
		fmt.Fprintf(&b, "%.3f", at)
		for k := range 16 {
			v := 22.0
			switch {
			case at >= 2 && at < 6 && k%4 == 1:
				v = 23.8
			case at >= 6 && k >= 12:
				v = 23.5
			}
			fmt.Fprintf(&b, ",%.1f", v)
		}
		b.WriteString("\n")
	}
	lines, _, stderr, status := command("-kind", "thermal", file(t, "clip.csv", b.String()))
	if status != 0 || len(lines) == 0 || lines[0]["kind"] != "fall" || lines[0]["state"] != "suspected" {
		t.Fatalf("status %d, %v, %s", status, lines, stderr)
	}
	if at := lines[0]["t"].(float64); at < 6 || at > 7 {
		t.Errorf("suspected at %v s", at)
	}
}

// A bed of a home is judged where the profile speaks of it.
func TestD5_ABedOfAHomeIsJudgedWhereTheProfileSaysSo(t *testing.T) {
	night := file(t, "n.csv", "t,sensor,state\n0,bed,1\n18000,bed,0\n19000,bed,1\n36000,bed,0\n39600,bed,0\n")
	for _, c := range []struct{ bed, want string }{
		{``, "bed_enter:confirmed bed_enter:confirmed"},
		{`"bed":{},`, "bed_enter:confirmed bed_exit:confirmed bed_not_back:confirmed bed_enter:confirmed bed_exit:cleared bed_not_back:cleared bed_exit:confirmed bed_not_back:confirmed"},
		{`"bed":{"exit":"22:00-06:00","not_back_day_s":-1},`, "bed_enter:confirmed bed_exit:confirmed bed_not_back:confirmed bed_enter:confirmed bed_exit:cleared bed_not_back:cleared"},
	} {
		profile := file(t, "p.json", `{"start":"2026-03-01T22:00:00+08:00",`+c.bed+`"sensors":{"bed":{"kind":"bed","room":"bedroom"}}}`)
		if lines, _, stderr, _ := command("-kind", "room", "-profile", profile, night); said(lines) != c.want {
			t.Errorf("%s: %s %s, want %s", c.bed, said(lines), stderr, c.want)
		}
	}
}

// Some motion sensors tell only that there is motion, never that there is none.
func TestD6_AMotionSensorThatTellsBeginningsOnly(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("t,sensor,state\n0,front,0\n")
	for s := 60; s < 10*3600; s += 180 {
		fmt.Fprintf(&rows, "%d,kitchen,1\n", s)
	}
	fmt.Fprintf(&rows, "%d,front,0\n", 18*3600)
	profile := file(t, "p.json", `{"start":"2026-03-01T07:00:00+08:00","sensors":{"kitchen":{"kind":"motion","room":"kitchen"},"front":{"kind":"door","room":"entrance"}}}`)
	lines, _, stderr, _ := command("-kind", "room", "-profile", profile, file(t, "k.csv", rows.String()))
	if len(lines) != 1 || lines[0]["kind"] != "no_movement" || lines[0]["t"].(float64) < 14*3600 {
		t.Errorf("%v %s", lines, stderr)
	}
}

// A rule that no sensor can wake is named; those that can are not.
func TestD6_ARuleThatCanNeverSpeakIsNamed(t *testing.T) {
	room := file(t, "home.csv", "t,sensor,state\n0,a,1\n5,a,0\n")
	for _, c := range []struct {
		profile string
		want    []string
	}{
		{`{"sensors":{"a":{"kind":"motion","room":"living-room"},"b":{"kind":"motion","room":"bedroom"}}}`,
			[]string{"bathroom_long", "no_movement by day", "door_at_night", "wandering"}},
		{`{"sensors":{"a":{"kind":"motion","room":"living-room"},"b":{"kind":"motion","room":"bedroom"}},"rooms":{"still_s":14400}}`,
			[]string{"bathroom_long", "door_at_night", "wandering"}},
		{`{"sensors":{"a":{"kind":"motion","room":"living-room"},"flush":{"kind":"flush"},"bed":{"kind":"bed"}},"rooms":{"still_s":-1,"no_door":true,"away_s":90000}}`,
			[]string{"no_movement of who is out"}},
		{`{"sensors":{"a":{"kind":"bed"}}}`, []string{"no rule of rooms"}},
		{strings.Replace(flatProfile, `"k":`, `"a":`, 1), nil},
	} {
		_, _, stderr, status := command("-kind", "room", "-profile", file(t, "p.json", c.profile), room)
		if status != 0 || strings.Count(stderr, "\n") != len(c.want) {
			t.Errorf("%s: status %d, %s", c.profile, status, stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(stderr, "the sensors of the profile: "+want) {
				t.Errorf("%s: it says %q, not %s", c.profile, stderr, want)
			}
		}
	}
}
