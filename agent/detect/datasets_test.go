package detect

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// dataset unpacks one of the data sets beside the project into a temporary
// directory, or skips the test where they are not there.
func dataset(t testing.TB, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: recordings are not read with -short")
	}
	archive := filepath.Join(shared(t), "datasets", name+".tar.xz")
	if _, err := os.Stat(archive); err != nil {
		t.Skipf("SKIPPED: no data set %s beside the project: detection was NOT tried on recordings", name)
	}
	dir := t.TempDir()
	if out, err := exec.Command("tar", "xJf", archive, "-C", dir).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: cannot unpack %s: %v %s", name, err, out)
	}
	return filepath.Join(dir, name)
}

// shared finds the directory of the data sets: OSMANTHUS_SHARED, or a sibling
// "shared" of a directory above.
func shared(t testing.TB) string {
	if s := os.Getenv("OSMANTHUS_SHARED"); s != "" {
		return s
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if s := filepath.Join(filepath.Dir(dir), "shared"); exists(filepath.Join(s, "datasets")) {
			return s
		}
	}
	t.Skip("SKIPPED: no data sets beside the project: detection was NOT tried on recordings")
	return ""
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// trial is one recording of one person at one rate, acceleration in g.
type trial struct {
	path, person, activity string
	fall, old              bool
	rate                   float64
	axes                   [3][]float64
	from, to               float64 // seconds that hold the fall; 0, 0 where not known
}

func (r *trial) seconds() float64 { return float64(len(r.axes[0])) / r.rate }

// weda reads WEDA-FALL: wrist, 50 Hz by row, m/s².
func weda(t testing.TB) []trial {
	dir := filepath.Join(dataset(t, "weda-fall"), "open")
	marks := map[string][]string{}
	for _, l := range lines(t, filepath.Join(dir, "fall_timestamps.csv")) {
		if c := strings.Split(l, ","); len(c) == 3 {
			marks[c[0]] = c[1:]
		}
	}
	paths, _ := filepath.Glob(filepath.Join(dir, "50Hz", "*", "*_accel.csv"))
	var trials []trial
	for _, p := range paths {
		name, activity := filepath.Base(p), filepath.Base(filepath.Dir(p))
		r := trial{path: p, person: name[:3], activity: activity, fall: activity[0] == 'F', old: name[:3] >= "U21", rate: 50}
		r.axes = columns(t, lines(t, p)[1:], 1, 1/9.80665)
		if m, ok := marks[activity+"/"+strings.TrimSuffix(name, "_accel.csv")]; ok {
			r.from, r.to = number(m[0]), number(m[1])
		}
		trials = append(trials, r)
	}
	return trials
}

// sisfall reads SisFall: waist, 200 Hz, counts of a 13-bit ±16 g converter.
func sisfall(t testing.TB) []trial {
	paths, _ := filepath.Glob(filepath.Join(dataset(t, "sisfall"), "open", "*", "*.txt"))
	var trials []trial
	for _, p := range paths {
		name := filepath.Base(p)
		r := trial{path: p, person: name[4:8], activity: name[:3], fall: name[0] == 'F', old: name[4:6] == "SE", rate: 200}
		r.axes = columns(t, lines(t, p), 0, 32.0/8192)
		trials = append(trials, r)
	}
	return trials
}

func lines(t testing.TB, path string) []string {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

func columns(t testing.TB, rows []string, first int, scale float64) (axes [3][]float64) {
	for i, l := range rows {
		c := strings.Split(strings.Trim(strings.TrimSpace(l), ";"), ",")
		if len(c) < first+3 {
			t.Fatalf("row %d has %d columns: %q", i, len(c), l)
		}
		for k := range axes {
			axes[k] = append(axes[k], number(c[first+k])*scale)
		}
	}
	return axes
}

func number(s string) float64 { v, _ := strconv.ParseFloat(strings.TrimSpace(s), 64); return v }

// umafall reads UMAFall: one of its positions "WRIST" and "WAIST", 20 Hz, g.
// Nothing was ever fitted to it.
func umafall(t testing.TB, dir, position string) []trial {
	paths, _ := filepath.Glob(filepath.Join(dir, "open", "*.csv"))
	var trials []trial
	for _, p := range paths {
		name := filepath.Base(p)
		r := trial{path: p, person: name[8:18], fall: strings.Contains(name, "_Fall_"), rate: 20.1}
		sensor := ""
		for _, l := range lines(t, p) {
			c := strings.Split(strings.TrimSpace(l), ";")
			switch {
			case strings.HasPrefix(l, "%"):
				if len(c) == 4 && strings.TrimSpace(c[2]) == position {
					sensor = strings.TrimSpace(c[1])
				}
			case len(c) >= 7 && c[6] == sensor:
				for k := range r.axes {
					r.axes[k] = append(r.axes[k], number(c[2+k]))
				}
			}
		}
		if len(r.axes[0]) > 0 {
			trials = append(trials, r)
		}
	}
	return trials
}
