package replay

import (
	"strings"
	"testing"
)

// Spreadsheets write CSV in their own ways.
func TestOtherWaysToWriteCSV(t *testing.T) {
	plain := "t,metric,value\n" + "0,spo2,97\n" + strings.Repeat("1,spo2,97\n", 3)
	for name, text := range map[string]string{
		"semicolons":   strings.ReplaceAll(plain, ",", ";"),
		"tabs":         strings.ReplaceAll(plain, ",", "\t"),
		"blank lines":  "\n \n" + plain,
		"a mark":       "\ufeff" + plain,
		"blank cells":  strings.ReplaceAll(strings.Replace(plain, "value", "value,", 1), "97\n", "97,\n"),
		"blank, tabs":  strings.ReplaceAll(strings.ReplaceAll(strings.Replace(plain, "value", "value,", 1), "97\n", "97,\n"), ",", "\t"),
		"quoted cells": strings.ReplaceAll(plain, "spo2", `"spo2"`),
	} {
		lines, _, stderr, status := command("-kind", "vitals", "-estimates", file(t, "v.csv", text))
		if status != 0 || len(lines) < 4 || strings.Contains(said(lines), "error") || lines[0]["value"] != 97.0 {
			t.Errorf("%s: status %d, %v %s", name, status, lines, stderr)
		}
	}
}

func TestAFileThatIsNoCSVIsCalledWhatItIs(t *testing.T) {
	wide := func(s string) string {
		var b strings.Builder
		for _, c := range s {
			b.WriteString(string(c) + "\x00")
		}
		return b.String()
	}
	for name, c := range map[string]struct{ text, want string }{
		"gzip":                {"\x1f\x8b\x08\x00\x00", "gzip: unpack it first"},
		"a spreadsheet":       {"PK\x03\x04xl", "a spreadsheet"},
		"UTF-16":              {"\xff\xfe" + wide("t,metric,value\n"), "UTF-16: save it as UTF-8"},
		"UTF-16 without mark": {wide("t,metric,value\n"), "bytes that are no text"},
		"blank lines only":    {"\n\n", "there is no header line"},
		"a remark":            {"# by me\nt,metric,value\n", `line 1: column "metric" is missing; the header has ["# by me"]; -kind vitals needs [metric value]`},
		"another header":      {"\ntime,metric,value\n1,spo2,97\n", `line 2: column "t" is missing; the header has ["time" "metric" "value"], and -rate is not given`},
	} {
		if _, _, stderr, status := command("-kind", "vitals", file(t, "v.csv", c.text)); status != 2 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: status %d, %q, want %q", name, status, stderr, c.want)
		}
	}
	if _, _, stderr, _ := command("-kind", "imu-wrist", file(t, "v.csv", "t,ax,ay,az\n")); !strings.Contains(stderr, "there are no rows under the header") {
		t.Errorf("a header alone: it says %q", stderr)
	}
}
