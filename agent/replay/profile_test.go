package replay

import (
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestEveryKeyOfAProfileIsExplained reads the note as a user does.
func TestEveryKeyOfAProfileIsExplained(t *testing.T) {
	b, err := os.ReadFile("profile.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(b), "```json\n")
	example, _, _ = strings.Cut(example, "```")
	if _, err := parseProfile(example); err != nil {
		t.Errorf("the example is refused: %v", err)
	}
	var look func(reflect.Type)
	look = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Slice, reflect.Map:
			look(typ.Elem())
		case reflect.Struct:
			for i := range typ.NumField() {
				f := typ.Field(i)
				if key := f.Tag.Get("json"); key != "" {
					if !strings.Contains(string(b), "`"+key+"`") && !strings.Contains(string(b), `"`+key+`"`) {
						t.Errorf("%s is not explained in profile.md", key)
					}
					look(f.Type)
				} else if f.Anonymous {
					look(f.Type)
				}
			}
		}
	}
	look(reflect.TypeFor[profile]())
}

// What a profile says wrongly is refused with its place, and not taken for
// something else.
func TestAProfileIsReadStrictly(t *testing.T) {
	for text, want := range map[string]string{
		``:                                                  "it is empty",
		`null`:                                              "want an object",
		`[]`:                                                "want an object",
		`{"class":"bed"} {"class":"band"}`:                  "line 1: invalid character '{' after top-level value",
		"{\n\"class\": fast}":                               "line 2: invalid character",
		`{"class":"bed"`:                                    "line 1: unexpected end",
		`{"class":"bed","class":"band"}`:                    "class is there twice",
		`{"Class":"bed"}`:                                   `unknown field "Class"`,
		`{"bed":{"Turn_s":7200}}`:                           `unknown field "bed.Turn_s"`,
		"{\n\n\"bed\":{\"arm_s\":\"2m\"}}":                  "line 3: bed.arm_s: want a number, not a string",
		`{"no_bed_exit":"yes"}`:                             "no_bed_exit: want true or false, not a string",
		`{"limits":{}}`:                                     "limits: want a list, not a object",
		`{"bed":{"arm_s":1e300}}`:                           "bed.arm_s: 1e+300 is too large",
		`{"rooms":{"bathroom_s":-1e10}}`:                    "rooms.bathroom_s: -1e+10 is too large",
		`{"limits":[{},{"persist_s":1e10}]}`:                "limits[1].persist_s: 1e+10 is too large",
		`{"pad":{"on":1.5}}`:                                "pad: want on and off",
		`{"pad":{"on":0,"off":0}}`:                          "pad: want on and off",
		`{"bed":{"night":"00:00-00:00"}}`:                   "begins when it ends",
		`{"bed":{"night":"always"}}`:                        "is not as in",
		`{"bed":{"turn_hours":"never"}}`:                    "is not as in",
		`{"bed":{"exit":"25:00-06:00"}}`:                    "is not as in",
		`{"rooms":{"night":"07:00-07:00"}}`:                 "begins when it ends",
		`{"sensors":{"a":{"kind":"ppg"}}}`:                  "want door, motion",
		`{"sensors":{"a":{},"a":{}}}`:                       "sensors.a is there twice",
		`{"no_bed_exit":true,"bed":{"exit":"22:00-06:00"}}`: "no_bed_exit says",
		`{"start":"2026-03-01T20:15:00+08:00","zone":"Local"}`: "is not a time zone",
	} {
		if _, err := parseProfile(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	for _, text := range []string{
		`{}`, `{"sensors":{"PIR-1":{"kind":"motion","room":"bathroom"},"pir-1":{"kind":"seat"}}}`,
		`{"bed":{"exit":"never","edge":"always","turn_hours":"always"},"no_bed_exit":true}`,
	} {
		if _, err := parseProfile(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAnEmptyListOfLimitsIsNone(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("t,metric,value\n")
	for s := range 60 {
		fmt.Fprintf(&rows, "%d,spo2,80\n", s)
	}
	f := file(t, "v.csv", rows.String())
	for profile, want := range map[string]string{`{}`: "vital_low:confirmed", `{"limits":[]}`: ""} {
		lines, _, stderr, status := command("-kind", "vitals", "-profile", file(t, "p.json", profile), f)
		if got := said(lines); status != 0 || !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %d %q %s", profile, status, got, stderr)
		}
	}
}

func TestD8_AnExceptionSaysUntilWhenItHolds(t *testing.T) {
	profile := func(rest string) string {
		return `{"overrides":[{"metric":"spo2","side":"below","priority":"medium","value":88,` + rest + `}]}`
	}
	for _, c := range []struct{ rest, want string }{
		{`"by":"d","why":"w"`, "overrides[0]: until_s 0: want the second"},
		{`"by":"d","why":"w","until_s":-5`, "overrides[0]: until_s -5: want the second"},
		{`"why":"w","until_s":5`, "needs a resident, who, why and until when"},
	} {
		if _, err := parseProfile(profile(c.rest)); err == nil || strings.Count(err.Error(), c.want) != 1 {
			t.Errorf("%s: %v, want once %q", c.rest, err, c.want)
		}
	}
	if _, err := parseProfile(profile(`"by":"d","why":"w","until_s":5`)); err != nil {
		t.Error(err)
	}
}

// A recording of somebody who is known to pause is played by the same exception
// as live: what is said from 10 s on stays, what is urgent comes later.
func TestPausesAreUrgentWhenTheProfileSays(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("t,x\n")
	for i := range 25 * 200 {
		s, x := float64(i)/25, 0.0
		if s < 120 || s > 147 {
			x = math.Sin(2 * math.Pi * 0.25 * s)
		}
		fmt.Fprintf(&rows, "%.2f,%.4f\n", s, x)
	}
	f := file(t, "night.csv", rows.String())
	for profile, want := range map[string]string{
		`{}`: "low medium",
		`{"apnoea":{"medium_s":40,"high_s":60,"by":"d","why":"w","until_s":500}}`: "low",
		`{"apnoea":{"medium_s":40,"high_s":60,"by":"d","why":"w","until_s":100}}`: "low medium", // it is over
		`{"apnoea":{"medium_s":10,"high_s":25,"by":"d","why":"w","until_s":500}}`: "low medium high",
	} {
		lines, _, stderr, status := command("-kind", "resp", "-profile", file(t, "p.json", profile), f)
		var said []string
		for _, l := range lines {
			if l["kind"] == "apnoea" && l["state"] == "confirmed" {
				said = append(said, fmt.Sprint(l["priority"]))
			}
		}
		if got := strings.Join(said, " "); status != 0 || got != want {
			t.Errorf("%s: status %d, %q, want %q %s", profile, status, got, want, stderr)
		}
	}
	for text, want := range map[string]string{
		`{"apnoea":{"medium_s":40,"by":"d","why":"w","until_s":5}}`: "medium first", // and high after 30 s
		`{"apnoea":{"high_s":95,"by":"d","why":"w","until_s":5}}`:   "medium first",
		`{"apnoea":{"medium_s":25,"by":"d","why":"w"}}`:             "apnoea: until_s 0: want the second",
		`{"apnoea":{"medium_s":25,"why":"w","until_s":5}}`:          "who, why and until when",
	} {
		if _, err := parseProfile(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
