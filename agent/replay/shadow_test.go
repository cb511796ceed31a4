package replay

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// hearts writes a heart rate of one value a second, and 130 in some minutes.
func hearts(t *testing.T, name string, fast map[int]float64) string {
	var b strings.Builder
	b.WriteString("t,metric,value\n")
	for s := range 1200 {
		v := 70 + float64(s%5)
		if high := fast[s/60]; high != 0 {
			v = high + float64(s%5)
		}
		fmt.Fprintf(&b, "%d,heart_rate,%v\n", s, v)
	}
	return file(t, name, b.String())
}

func shadow(args ...string) (out, errs string, status int) {
	var stdout, stderr bytes.Buffer
	status = Shadow(args, &stdout, &stderr)
	return stdout.String(), stderr.String(), status
}

const milder = `{"limits":[{"metric":"heart_rate","side":"above","priority":"medium","value":140,"hysteresis":3,"persist_s":10}]}`

func TestD11_ShadowSaysWhatWouldHaveBeen(t *testing.T) {
	a := hearts(t, "a.csv", map[int]float64{2: 126, 8: 150, 14: 127}) // two scares and one that is true
	b := hearts(t, "b.csv", map[int]float64{3: 128})
	truth := file(t, "truth.csv", "file,t_start,t_end,kind\na.csv,480,540,vital_high\nb.csv,,,none\n")
	next := file(t, "next.json", milder)
	out, errs, status := shadow("-kind", "vitals", "-profile", next, "-score", truth, a, b)
	if status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	if want := "would have removed 3 of 3 false alarms, and lost none of 1 events"; !strings.Contains(errs, want) {
		t.Errorf("it says %q, want %q", errs, want)
	}
	for _, want := range []string{
		`"by":"live","live":`, `"by":"both"`, `"right":false`, `"right":true`,
		`"kind":"shadow","files":2,"both":1,"only_live":3,"only_shadow":0`,
		`"lost":0,"gained":0,"live_false_alarms":3,"shadow_false_alarms":0,"false_alarms_removed":3,"false_alarms_added":0`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("there is no %s in\n%s", want, out)
		}
	}
	again, _, _ := shadow("-kind", "vitals", "-profile", next, "-score", truth, a, b)
	if again != out {
		t.Error("the same input gave other bytes")
	}
	// The other way round: what is live by then would be lost.
	_, errs, _ = shadow("-kind", "vitals", "-base", next, "-profile", file(t, "deaf.json", strings.Replace(milder, "140", "200", 1)), "-score", truth, a, b)
	if !strings.Contains(errs, "would have removed 0 of 0 false alarms, and lost 1 of 1 events") {
		t.Errorf("it says %q", errs)
	}
}

func TestD11_WithoutATruthShadowSaysOnlyTheDifference(t *testing.T) {
	a := hearts(t, "a.csv", map[int]float64{2: 126, 8: 150})
	out, errs, status := shadow("-kind", "vitals", "-profile", file(t, "next.json", milder), a)
	if status != 0 || strings.Contains(out, "right") || strings.Contains(out, "truth") ||
		!strings.Contains(errs, "of 2 episodes that are raised now the new rules raise 1, too; 1 they would not raise, and 0 others they would") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
	if !strings.HasPrefix(out, fmt.Sprintf(`{"file":%q,`, a)) {
		t.Errorf("a line does not name the file as it was named, %s:\n%s", a, out)
	}
	same, errs, _ := shadow("-kind", "vitals", "-profile", file(t, "same.json", "{}"), a)
	if !strings.Contains(same, `"both":2,"only_live":0,"only_shadow":0`) || !strings.Contains(errs, "0 they would not raise, and 0 others") {
		t.Errorf("the same rules differ:\n%s%s", same, errs)
	}
}

func TestD11_AnotherBorderOrModelOfFallsRunsInShadow(t *testing.T) {
	a := file(t, "fall.csv", fallen("t,ax,ay,az", true))
	truth := file(t, "truth.csv", "file,t_start,t_end,kind\nfall.csv,20,21,fall\n")
	deaf := file(t, "deaf.json", `{"fall":{"suspect":90,"sure":99}}`)
	out, errs, status := shadow("-kind", "imu-wrist", "-profile", deaf, "-score", truth, a)
	if status != 0 || !strings.Contains(errs, "lost 1 of 1 events that were found") || !strings.Contains(out, `"only_live":1`) {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
	same := file(t, "same.json", `{"fall":{"model":"../detect/models/fall-wrist.json"}}`)
	if out, errs, status = shadow("-kind", "imu-wrist", "-profile", same, "-score", truth, a); status != 0 || !strings.Contains(out, `"both":1,"only_live":0,"only_shadow":0`) {
		t.Errorf("the model that is shipped differs from itself: status %d\n%s%s", status, out, errs)
	}
	for name, profile := range map[string]string{
		"no such model": `{"fall":{"model":"nowhere.json"}}`, "no model": `{"fall":{"model":"shadow_test.go"}}`,
		"borders out of order": `{"fall":{"suspect":9,"sure":1}}`, "a window too long": `{"fall":{"well_window_s":60}}`,
	} {
		if _, errs, status := shadow("-kind", "imu-wrist", "-profile", file(t, "bad.json", profile), a); status != 2 || errs == "" {
			t.Errorf("%s: status %d, %q", name, status, errs)
		}
	}
}

func TestShadowRefusesWhatItCannotUse(t *testing.T) {
	a := hearts(t, "a.csv", nil)
	next := file(t, "next.json", milder)
	for name, args := range map[string][]string{
		"no rules":       {"-kind", "vitals", a},
		"no kind":        {"-profile", next, a},
		"no file":        {"-kind", "vitals", "-profile", next},
		"rules not read": {"-kind", "vitals", "-profile", file(t, "bad.json", `{"limit":[]}`), a},
		"a lost file":    {"-kind", "vitals", "-profile", next, a + "x"},
	} {
		if _, errs, status := shadow(args...); status != 2 || errs == "" {
			t.Errorf("%s: status %d, %q", name, status, errs)
		}
	}
	if _, _, status := shadow("-h"); status != 0 {
		t.Errorf("-h: status %d", status)
	}
}

// What cannot be played is left out; its neighbour is compared with itself.
func TestD11_ShadowGoesOnAfterAFileThatIsLost(t *testing.T) {
	b := hearts(t, "b.csv", map[int]float64{8: 150})
	out, errs, status := shadow("-kind", "vitals", "-profile", file(t, "next.json", milder), b+"x", b)
	if status != 2 || strings.Count(errs, "no such file") != 1 || !strings.Contains(out, `"files":1,"unusable":1,"both":1,"only_live":0,"only_shadow":0`) {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
}

func TestD11_AnAlarmThatBecomesLessUrgentIsNoneThatStays(t *testing.T) {
	a := hearts(t, "a.csv", map[int]float64{8: 150})
	truth := file(t, "truth.csv", "file,t_start,t_end,kind\na.csv,480,540,vital_high\n")
	milder := file(t, "p.json", `{"limits":[{"metric":"heart_rate","side":"above","priority":"medium","value":140,"hysteresis":3,"persist_s":10}]}`)
	sharper := file(t, "p.json", `{"limits":[{"metric":"heart_rate","side":"above","priority":"high","value":140,"hysteresis":3,"persist_s":10}]}`)
	for _, args := range [][]string{{}, {"-score", truth}} {
		out, errs, _ := shadow(append(args, "-kind", "vitals", "-base", sharper, "-profile", milder, a)...)
		if !strings.Contains(out, `"live_priority":"high","shadow_priority":"medium"`) || !strings.Contains(out, `"priority_lowered":1,"priority_raised":0`) ||
			!strings.Contains(errs, "of 1 that both raise 1 would be less urgent, and 0 more") {
			t.Errorf("%v: it says %s%s", args, out, errs)
		}
	}
	out, errs, _ := shadow("-kind", "vitals", "-base", milder, "-profile", sharper, a)
	if !strings.Contains(out, `"priority_lowered":0,"priority_raised":1`) || !strings.Contains(errs, "0 would be less urgent, and 1 more") {
		t.Errorf("it says %s%s", out, errs)
	}
}
