package replay

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// find returns the lines of a kind.
func find(lines []map[string]any, kind string) (all []map[string]any) {
	for _, l := range lines {
		if l["kind"] == kind {
			all = append(all, l)
		}
	}
	return all
}

func TestD7_AnEarlyWarningShowsItsScoreAndWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		csv, missing string
		score        float64
	}{
		{set, "<nil>", 8},
		{strings.Replace(set, "0,systolic,105\n", "", 1), "[systolic]", 7},
		{strings.Replace(set, "consciousness,0", "consciousness,V", 1), "<nil>", 11},
	} {
		lines, text, stderr, _ := command("-kind", "vitals", file(t, "set.csv", c.csv))
		warned := find(lines, "early_warning")
		if len(warned) == 0 {
			t.Fatalf("no warning: %s %s", text, stderr)
		}
		last := warned[len(warned)-1]
		if last["score"] != c.score || last["partial"] != (c.missing != "<nil>") || fmt.Sprint(last["missing"]) != c.missing {
			t.Errorf("%v, want a score of %v and missing %s", last, c.score, c.missing)
		}
	}
}

func TestD9_ADriftShowsWhichHabitAndByHowMuch(t *testing.T) {
	var b strings.Builder
	b.WriteString("t,metric,value\n")
	for d := range 24 {
		usual := 15 + 0.4*hum(d)
		if d >= 18 {
			usual *= 1.3
		}
		for s := 0; s < 86400; s += 120 {
			fmt.Fprintf(&b, "%d,respiratory_rate,%.1f\n", d*86400+s, usual+hum(s))
		}
	}
	lines, _, stderr, status := command("-kind", "vitals", file(t, "v.csv", b.String()))
	drifts := find(lines, "drift")
	if status != 0 || len(drifts) == 0 {
		t.Fatalf("status %d, %s %s", status, said(lines), stderr)
	}
	habit := drifts[0]["drifted"].([]any)[0].(map[string]any)
	now, usual, change := habit["now"].(float64), habit["usual"].(float64), habit["change"].(float64)
	if habit["habit"] != "night_respiratory_rate" || math.Abs(usual-15) > 0.5 || change < 1 || math.Abs(now-usual-change) > 0.002 || habit["unit"] != "/min" {
		t.Errorf("%v", habit)
	}
}

func TestStatesMayBeWritten(t *testing.T) {
	rows := "t,metric,value\n0,consciousness,A\n1,consciousness,Unresponsive\n2,bed_posture,left\n3,bed_posture,3\n4,consciousness,asleep\n5,spo2,A\n"
	lines, _, _, _ := command("-kind", "vitals", "-estimates", file(t, "v.csv", rows))
	var got []string
	for _, l := range lines {
		switch {
		case l["error"] != nil:
			got = append(got, l["error"].(string)[strings.LastIndex(l["error"].(string), "line"):])
		case l["metric"] == "consciousness" || l["metric"] == "bed_posture":
			got = append(got, fmt.Sprint(l["value"]))
		}
	}
	want := `0 4 2 3 line 6: column value: "asleep" is no consciousness: want a number or a word of agent/replay/profile.md line 7: column value: "A" is no number`
	if strings.Join(got, " ") != want {
		t.Errorf("%q\nwant\n%q", strings.Join(got, " "), want)
	}
}
