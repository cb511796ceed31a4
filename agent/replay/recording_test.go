package replay

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"osmanthus/agent/detect"
)

// TestARecordingInMemoryPlaysAsItsFile: evaluation and the command go one way.
func TestARecordingInMemoryPlaysAsItsFile(t *testing.T) {
	vitals := "t,metric,value\n"
	for i := range 60 {
		v := 70 + i%3
		if i >= 20 && i < 33 {
			v = 150
		}
		vitals += strconv.Itoa(i) + ",heart_rate," + strconv.Itoa(v) + "\n"
	}
	for kind, text := range map[string]string{"imu-wrist": fallen("t,ax,ay,az", true), "vitals": vitals} {
		_, want, _, status := command("-kind", kind, "-estimates", file(t, "a.csv", text))
		if status != 0 || !strings.Contains(want, "confirmed") {
			t.Fatalf("%s: status %d, %s", kind, status, want)
		}
		heard, err := Play(kind, memory(text), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		p := newPrinter(&b, &b, options{estimates: true})
		var estimates, events int
		for _, l := range strings.SplitAfter(want, "\n") { // in the order of the file
			switch {
			case strings.Contains(l, `"episode"`):
				p.alert(lineFile(l), heard.Alerts[events])
				events++
			case l != "":
				p.reading(lineFile(l), heard.Readings[estimates])
				estimates++
			}
		}
		if b.String() != want || events != len(heard.Alerts) || estimates != len(heard.Readings) {
			t.Errorf("%s: from memory\n%s\nfrom the file\n%s", kind, b.String(), want)
		}
	}
}

// memory reads what a file holds into a Recording.
func memory(text string) Recording {
	rows := strings.Split(strings.TrimSpace(text), "\n")
	r := Recording{Name: "a.csv"}
	for i, name := range strings.Split(rows[0], ",") {
		c := Column{Name: name}
		for _, row := range rows[1:] {
			cell := strings.Split(row, ",")[i]
			if v, err := strconv.ParseFloat(cell, 64); err == nil {
				c.Values = append(c.Values, v)
			} else {
				c.Texts = append(c.Texts, cell)
			}
		}
		r.Columns = append(r.Columns, c)
	}
	return r
}

func lineFile(line string) string {
	_, rest, _ := strings.Cut(line, `"file":"`)
	name, _, _ := strings.Cut(rest, `"`)
	return name
}

func TestARecordingThatIsNoneIsRefused(t *testing.T) {
	for name, r := range map[string]Recording{
		"nothing":      {},
		"columns away": {Rate: 50, Columns: []Column{{Name: "ax", Values: []float64{1}}}},
		"uneven":       {Rate: 50, Columns: []Column{{Name: "ax", Values: []float64{1}}, {Name: "ay"}, {Name: "az"}}},
		"no rate":      {Columns: []Column{{Name: "ax", Values: []float64{1}}, {Name: "ay", Values: []float64{1}}, {Name: "az", Values: []float64{1}}}},
	} {
		if _, err := Play("imu-wrist", r, Options{}); err == nil {
			t.Errorf("%s was played", name)
		}
	}
	if _, err := Play("dance", Recording{}, Options{}); err == nil {
		t.Error("an unknown kind was played")
	}
	if _, err := Play("vitals", memory("t,metric,value\n0,spo2,97"), Options{Profile: `{"colour":1}`}); err == nil {
		t.Error("a bad profile was taken")
	}
	altered := false
	if _, err := Play("vitals", memory("t,metric,value\n0,spo2,97"), Options{Alter: func(p *detect.Plan) { altered = len(p.Sources) == 1 }}); err != nil || !altered {
		t.Errorf("the plan could not be altered: %v", err)
	}
}
