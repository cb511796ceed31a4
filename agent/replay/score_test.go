package replay

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osmanthus/care"
)

// still is somebody who sits for some seconds, at 50 Hz.
func still(seconds int) string {
	var b strings.Builder
	b.WriteString("t,ax,ay,az\n")
	for i := range seconds * 50 {
		fmt.Fprintf(&b, "%.2f,0,0,1\n", float64(i)/50)
	}
	return b.String()
}

func TestD10_ScoreCountsEventsQuietFilesAndFalseAlarms(t *testing.T) {
	fall := file(t, "fall.csv", fallen("t,ax,ay,az", true))
	other := file(t, "other.csv", fallen("t,ax,ay,az", true))
	missed, quiet := file(t, "missed.csv", still(10)), file(t, "quiet.csv", still(10))
	truth := file(t, "truth.csv", "file,t_start,t_end,kind\nfall.csv,19.5,21,fall\nother.csv,,,\nmissed.csv,,,fall\nquiet.csv,,,none\nabsent.csv,1,2,fall\n,,,\n")
	lines, _, stderr, status := command("-kind", "imu-wrist", "-score", truth, fall, other, missed, quiet)
	if status != 0 {
		t.Fatal(stderr)
	}
	got := lines[len(lines)-1]
	for key, want := range map[string]float64{
		"files": 4, "events": 2, "found": 1, "sensitivity": 0.5, "quiet_files": 2, "quiet_kept": 1, "specificity": 0.5, "false_alarms": 1,
	} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	hour, day := got["false_alarms_per_hour"].(float64), got["false_alarms_per_bed_day"].(float64)
	if math.Abs(hour-36) > 0.1 || math.Abs(day-24*hour) > 0.1 {
		t.Errorf("%v false alarms an hour and %v a day, want 36 and 24 times that", hour, day)
	}
	if ci := got["false_alarms_per_bed_day_ci95"].([]any); !(ci[0].(float64) < day && ci[1].(float64) > day) {
		t.Errorf("%v a day lie outside of %v", day, ci)
	}
	if h, _ := got["hash"].(string); len(h) != 64 {
		t.Errorf("hash %q", h)
	}
}

func TestFilesAreFoundInTheTruthByTheEndOfTheirPath(t *testing.T) {
	dir := t.TempDir()
	for _, p := range []string{"F01/U01.csv", "F02/U01.csv"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(p)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, p), []byte(fallen("t,ax,ay,az", true)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a, b := filepath.Join(dir, "F01/U01.csv"), filepath.Join(dir, "F02/U01.csv")
	for name, rows := range map[string]string{
		"relative": "F01/U01.csv,,,fall\nF02/U01.csv,,,fall\n",
		"absolute": a + ",,,fall\n" + b + ",,,fall\n",
		"with dot": "./F01/U01.csv,,,fall\n./F02/U01.csv,,,fall\n",
		"windows":  `F01\U01.csv` + ",,,fall\n" + `.\F02\U01.csv` + ",,,fall\n",
		"no end":   "F01/U01,,,fall\nF02/U01,,,fall\n",
		"twice":    "F01/U01.csv,19,21,fall\nF01/U01.csv,19,21,fall\nF02/U01.csv,19,21,fall\n",
	} {
		lines, _, stderr, status := command("-kind", "imu-wrist", "-score", file(t, "t.csv", "file,t_start,t_end,kind\n"+rows), a, b)
		if status != 0 || lines[len(lines)-1]["found"] != 2.0 || lines[len(lines)-1]["events"] != 2.0 || lines[len(lines)-1]["unlisted"] != nil {
			t.Errorf("%s: status %d, %v %s", name, status, lines[len(lines)-1], stderr)
		}
	}
	semicolons := file(t, "t.csv", "file;t_start;t_end;kind\nF01/U01.csv;19;21;fall\nF02/U01.csv;;;fall\n")
	if lines, _, stderr, _ := command("-kind", "imu-wrist", "-score", semicolons, a, b); len(lines) == 0 || lines[len(lines)-1]["found"] != 2.0 {
		t.Errorf("semicolons: %v %s", lines, stderr)
	}
	truth := file(t, "t.csv", "file,t_start,t_end,kind\nU01.csv,,,fall\n")
	if _, _, stderr, status := command("-kind", "imu-wrist", "-score", truth, a, b); status != 2 || !strings.Contains(stderr, "calls both") {
		t.Errorf("two files of one name: status %d, %s", status, stderr)
	}
	lines, _, stderr, status := command("-kind", "imu-wrist", "-score", truth, a, a)
	if status != 0 || lines[len(lines)-1]["files"] != 1.0 || !strings.Contains(stderr, "named twice") {
		t.Errorf("one file twice: status %d, %v %s", status, lines[len(lines)-1], stderr)
	}
	lines, _, _, _ = command("-kind", "imu-wrist", "-score", file(t, "t.csv", "file,t_start,t_end,kind\n"), a)
	if l := lines[len(lines)-1]; l["unlisted"] != 1.0 || l["false_alarms"] != 1.0 || l["sensitivity"] != nil {
		t.Errorf("a file of which the truth knows nothing: %v", l)
	}
}

func TestATruthThatIsNoTruthIsRefused(t *testing.T) {
	quiet := file(t, "q.csv", still(3))
	for rows, want := range map[string]string{
		"q.csv,5,2,fall":        "is before t_start",
		"q.csv,now,2,fall":      "is no number",
		"q.csv,1,2,flight":      "no kind of alert",
		",1,2,fall":             "column file is empty",
		"q.csv,1,2,fall,more,x": "6 cells under a header of 4",
	} {
		_, _, stderr, status := command("-kind", "imu-wrist", "-score", file(t, "t.csv", "file,t_start,t_end,kind\n"+rows+"\n"), quiet)
		if status != 2 || !strings.Contains(stderr, want) || !strings.Contains(stderr, "line 2") {
			t.Errorf("%s: status %d, %q, want %q", rows, status, stderr, want)
		}
	}
	for _, rows := range []string{"q.csv", "q.csv,,", "q.csv,,,", "q.csv,,,NONE", "q.csv,1,,Bed-Exit", "q.csv,,2,apnea"} {
		if _, _, stderr, status := command("-kind", "imu-wrist", "-score", file(t, "t.csv", "file,t_start,t_end,kind\n"+rows+"\n"), quiet); status != 0 {
			t.Errorf("%s: status %d, %s", rows, status, stderr)
		}
	}
}

// TestEpisodesAndEvents scores made-up alerts of one file against its truth.
func TestEpisodesAndEvents(t *testing.T) {
	type said struct {
		kind  care.Kind
		at    float64
		state care.State
		name  byte
	}
	up, sure, gone := care.Suspected, care.Confirmed, care.Cleared
	for name, c := range map[string]struct {
		truth                           string
		said                            []said
		found, falseAlarms, rep, others int
	}{
		"in time":                        {"f,10,12,fall", []said{{care.Fall, 11, up, 1}, {care.Fall, 15, sure, 1}}, 1, 0, 0, 0},
		"too early":                      {"f,10,12,fall", []said{{care.Fall, 7, up, 1}}, 0, 1, 0, 0},
		"too late":                       {"f,10,12,fall", []said{{care.Fall, 43, up, 1}}, 0, 1, 0, 0},
		"suspicion dropped":              {"f,,,", []said{{care.Fall, 11, up, 1}, {care.Fall, 14, gone, 1}}, 0, 0, 0, 0},
		"dropped in a fall":              {"f,,,fall", []said{{care.Fall, 11, up, 1}, {care.Fall, 14, gone, 1}}, 0, 0, 0, 0},
		"confirmed, then cleared":        {"f,,,", []said{{care.Fall, 11, sure, 1}, {care.Fall, 90, gone, 1}}, 0, 1, 0, 0},
		"two events, two episodes":       {"f,10,12,fall\nf,30,32,fall", []said{{care.Fall, 11, sure, 1}, {care.Fall, 31, sure, 2}}, 2, 0, 0, 0},
		"two events, the second missed":  {"f,10,12,fall\nf,60,62,fall", []said{{care.Fall, 11, sure, 1}}, 1, 0, 0, 0},
		"two events, the first missed":   {"f,10,12,fall\nf,60,62,fall", []said{{care.Fall, 61, sure, 1}}, 1, 0, 0, 0},
		"rows out of order":              {"f,30,32,fall\nf,10,12,fall", []said{{care.Fall, 11, sure, 1}, {care.Fall, 31, sure, 2}}, 2, 0, 0, 0},
		"one event, two episodes":        {"f,10,12,fall", []said{{care.Fall, 11, sure, 1}, {care.Fall, 20, sure, 2}}, 1, 0, 1, 0},
		"no time, two episodes":          {"f,,,fall", []said{{care.Fall, 11, sure, 1}, {care.Fall, 20, sure, 2}}, 1, 1, 0, 0},
		"two without time":               {"f,,,fall\nf,,,fall", []said{{care.Fall, 11, sure, 1}, {care.Fall, 20, sure, 2}}, 2, 0, 0, 0},
		"another kind than was asked of": {"f,10,12,fall", []said{{care.BedExit, 11, sure, 1}}, 0, 0, 0, 0},
		"a kind in a quiet file":         {"f,,,", []said{{care.Apnoea, 11, sure, 1}}, 0, 1, 0, 0},
		"lying after a false fall":       {"f,,,", []said{{care.Fall, 11, sure, 1}, {care.LongLie, 71, sure, 2}}, 0, 1, 0, 0},
		"technical":                      {"f,,,", []said{{care.SourceStale, 11, sure, 1}}, 0, 0, 0, 1},
		"a limit crossed again, alarmed": {"f,10,20,vital_low\nf,25,60,vital_low", []said{{care.VitalLow, 20, sure, 1}, {care.VitalLow, 80, gone, 1}}, 2, 0, 0, 0},
		"a limit crossed again, cleared": {"f,10,20,vital_low\nf,60,70,vital_low", []said{{care.VitalLow, 20, sure, 1}, {care.VitalLow, 50, gone, 1}}, 1, 0, 0, 0},
		"a fall while an alarm stands":   {"f,10,12,fall\nf,60,62,fall", []said{{care.Fall, 11, sure, 1}}, 1, 0, 0, 0},
		"bed exit and apnoea":            {"f,10,20,apnoea\nf,50,50,bed_exit", []said{{care.Apnoea, 18, sure, 1}, {care.BedExit, 52, sure, 2}}, 2, 0, 0, 0},
	} {
		tr, err := parseTruth(strings.NewReader("file,t_start,t_end,kind\n" + c.truth + "\n"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := tr.attach([]string{"f"}); err != nil {
			t.Fatal(err)
		}
		s := newScore(tr)
		s.begin("f")
		for _, a := range c.said {
			at := epoch.Add(time.Duration(a.at * float64(time.Second)))
			s.saw(care.Alert{Episode: care.Episode{a.name}, Kind: a.kind, State: a.state, Onset: at, At: at})
		}
		s.end(100, nil)
		r := s.result("")
		if r.Found != c.found || r.FalseAlarms != c.falseAlarms || r.Repeats != c.rep || r.Technical != c.others {
			t.Errorf("%s: %d found, %d false, %d repeated, %d technical; want %d, %d, %d, %d", name, r.Found, r.FalseAlarms, r.Repeats, r.Technical, c.found, c.falseAlarms, c.rep, c.others)
		}
	}
}

func FuzzTruth(f *testing.F) {
	f.Add("file,t_start,t_end,kind\na.csv,1,2,fall\na.csv,,,\n")
	f.Add("file,t_start,t_end,kind\n../a,-1e300,1e300,apnea\n")
	f.Fuzz(func(t *testing.T, text string) {
		tr, err := parseTruth(strings.NewReader(text))
		if err != nil {
			return
		}
		_ = tr.attach([]string{"a.csv", "/x/a.csv", "b"})
		s := newScore(tr)
		for _, n := range []string{"a.csv", "/x/a.csv", "b"} {
			s.begin(n)
			s.end(1, nil)
		}
		if r := s.result(""); r.Found > r.Events || r.Files > 3 {
			t.Errorf("%+v", r)
		}
	})
}

// A file that could not be played is not one in which nothing happened.
func TestD10_WhatCannotBePlayedCountsForNothing(t *testing.T) {
	quiet := file(t, "quiet.csv", still(10))
	truth := file(t, "truth.csv", "file,t_start,t_end,kind\nquiet.csv,,,\nbroken.csv,10,20,fall\n")
	for name, text := range map[string]string{
		"empty":          "",
		"header only":    "t,ax,ay,az\n",
		"a column short": "t,ax,ay\n0,1,2\n",
		"Unix time":      "t,ax,ay,az\n1700000000.00,0,0,1\n1700000000.02,0,0,1\n1700000000.04,0,0,1\n1700000000.06,0,0,1\n",
		"not a number":   "t,ax,ay,az\n0.00,a,0,1\n0.02,b,0,1\n0.04,c,0,1\n0.06,d,0,1\n",
		"breaks off":     fallen("t,ax,ay,az", true) + strings.Repeat("x", lineLimit+1),
	} {
		lines, _, stderr, status := command("-kind", "imu-wrist", "-score", truth, quiet, file(t, "broken.csv", text))
		got := lines[len(lines)-1]
		if status != 2 || got["unusable"] != 1.0 || got["files"] != 1.0 || got["quiet_files"] != 1.0 || got["events"] != 0.0 || got["false_alarms"] != 0.0 {
			t.Errorf("%s: status %d, %v", name, status, got)
		}
		if !strings.Contains(stderr, "were not played, and do not count: broken.csv") {
			t.Errorf("%s: it says %q", name, stderr)
		}
		if name == "Unix time" && !strings.Contains(stderr, "line 2: column t: 1700000000 looks like Unix time") {
			t.Errorf("it says %q", stderr)
		}
	}
	for kind, text := range map[string]string{"vitals": "t,metric,value\n2026-03-01T00:00:00Z,spo2,97\n", "thermal": "t," + strings.Join(pixels, ",") + "\n"} {
		if _, _, stderr, status := command("-kind", kind, file(t, "v.csv", text)); status != 2 || !strings.Contains(stderr, "row") {
			t.Errorf("%s: status %d, %q", kind, status, stderr)
		}
	}
}

func TestD10_TheHashIsOneOfRulesAndOutput(t *testing.T) {
	quiet, fast := hearts(t, "a.csv", nil), hearts(t, "a.csv", map[int]float64{8: 150})
	truth := file(t, "truth.csv", "file,t_start,t_end,kind\na.csv,,,\n")
	hash := func(recording, profile string) string {
		lines, _, stderr, status := command("-kind", "vitals", "-score", truth, "-profile", file(t, "p.json", profile), recording)
		if status != 0 {
			t.Fatal(stderr)
		}
		return lines[len(lines)-1]["hash"].(string)
	}
	limit := func(v string) string { return strings.Replace(milder, "140", v, 1) }
	if hash(quiet, limit("100")) == hash(quiet, limit("200")) || hash(fast, limit("140")) == hash(fast, limit("141")) {
		t.Error("another limit has the same hash")
	}
	if hash(quiet, `{}`) == hash(quiet, `{"start":"2026-03-01T12:00:00+08:00"}`) {
		t.Error("another time of the day has the same hash")
	}
	if hash(quiet, `{}`) == hash(fast, `{}`) {
		t.Error("another recording has the same hash")
	}
	elsewhere := hearts(t, "a.csv", map[int]float64{8: 150})
	if hash(fast, `{}`) != hash(elsewhere, `{}`) {
		t.Error("the same recording in another place has another hash")
	}
	t.Chdir(filepath.Dir(fast))
	if hash("a.csv", `{}`) != hash("./a.csv", `{}`) {
		t.Error("the same file by another path has another hash")
	}
}
