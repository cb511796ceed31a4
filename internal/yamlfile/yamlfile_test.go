package yamlfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

const most = 1 << 20

type span time.Duration

func (s *span) UnmarshalYAML(n *Node) error { return Duration(n, (*time.Duration)(s), `"5m"`) }

type house struct {
	Name  string    `yaml:"name"`
	Alarm bool      `yaml:"alarm"`
	Level float64   `yaml:"level"`
	Wait  span      `yaml:"wait"`
	Since time.Time `yaml:"since"`
	Rooms []room    `yaml:"rooms"`
}

type room struct {
	Beds int `yaml:"beds"`
}

var defaults = house{Name: "home", Wait: span(time.Minute)}

func TestWhatTheFileSaysReplacesADefault(t *testing.T) {
	for text, want := range map[string]house{
		"":                      defaults,
		"# nothing\n":           defaults,
		"wait: 5m\nalarm: true": {Name: "home", Alarm: true, Wait: span(5 * time.Minute)},
		"name: ''":              {Wait: span(time.Minute)},
	} {
		got, doc, mistakes := Decode([]byte(text), most, defaults)
		if err := mistakes.Err(); err != nil || doc == nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestEveryMistakeHasItsLine(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"alarm: 3\nlevel: high\nwait: 5\nrooms: 1\n", `line 1: "3" is not true or false
line 2: "high" is not a number
line 3: "5" is not a duration with its unit, as in "5m"
line 4: "1" is not a list`},
		{"wait: [5m]", `line 1: "" is not a duration with its unit, as in "5m"`},
		{"wait: -5m", `line 1: "-5m" is not a duration with its unit, as in "5m"`},
		{"since: [today]", `line 1: seq is not a time, as in 2026-12-31T08:00:00+08:00`},
		{"name: [a]", `line 1: seq is not a text`},
		{"rooms:\n- {beds: many}\n- 3", "line 2: \"many\" is not a whole number\nline 3: \"3\" is not a group of keys"},
		{"nmae: x\nname: y\nwiat: 5m", "line 1: unknown key \"nmae\"\nline 3: unknown key \"wiat\""},
		{"name: a\nname: b", `line 2: mapping key "name" already defined at line 1`},
		{"name: &x a\n", "anchors and aliases (& and *) are not used here"},
		{"name: a\n---\nname: b\n", "more than one document (a line ---) in the file"},
		{strings.Repeat("#", most+1), "the file is larger than 1 MiB"},
	} {
		got, _, mistakes := Decode([]byte(c.text), most, defaults)
		if err := mistakes.Err(); err == nil || err.Error() != c.want {
			t.Errorf("%.60q: got\n%v\nwant\n%s", c.text, err, c.want)
		}
		if got.Wait != defaults.Wait {
			t.Errorf("%.60q: a refused value became %v", c.text, time.Duration(got.Wait))
		}
	}
}

func TestAPlaceHasItsLineAndName(t *testing.T) {
	_, doc, _ := Decode([]byte("name: a\nrooms:\n- beds: 1\n- beds: 2\n"), most, defaults)
	for _, c := range []struct {
		place At
		want  Mistake
	}{
		{At{"name"}, Mistake{1, "name: no 7"}},
		{At{"rooms", 1, "beds"}, Mistake{4, "rooms[1].beds: no 7"}},
		{At{"rooms", 1, "door"}, Mistake{4, "rooms[1].door: no 7"}}, // the nearest above it
		{At{"rooms", 9}, Mistake{3, "rooms[9]: no 7"}},
		{At{"level"}, Mistake{1, "level: no 7"}},
	} {
		if got := doc.Mistake(c.place, "no %d", 7); got != c.want {
			t.Errorf("%v: got %v, want %v", c.place, got, c.want)
		}
	}
	if _, doc, _ := Decode(nil, most, defaults); doc.Line(At{"name"}) != 0 {
		t.Error("an empty file has a line")
	}
}

func TestMistakesAreOrderedByLine(t *testing.T) {
	err := Mistakes{{9, "c"}, {0, "whole"}, {2, "b"}, {2, "a"}}.Err()
	if want := "whole\nline 2: a\nline 2: b\nline 9: c"; err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if err := (Mistakes)(nil).Err(); err != nil {
		t.Errorf("no mistakes are %v", err)
	}
}

func TestReadStopsBehindTheLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(path, []byte("name: abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	for most, want := range map[int]string{100: "name: abcdef", 12: "name: abcdef", 7: "name: ab"} {
		if got, err := Read(path, most); err != nil || string(got) != want {
			t.Errorf("at most %d: %q, %v", most, got, err)
		}
	}
	if _, err := Read(path+".none", 1); !os.IsNotExist(err) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("name: a\nrooms:\n- beds: 1\n"))
	f.Add([]byte("wait: [5m]\n---\n"))
	f.Add([]byte("rooms: &r [*r]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, doc, mistakes := Decode(data, most, defaults)
		if doc == nil && mistakes.Err() == nil {
			t.Error("neither a document nor a mistake")
		}
		if doc != nil {
			doc.Mistake(At{"rooms", 0, "beds"}, "x")
		}
		for _, m := range mistakes {
			if m.Text == "" || m.Line < 0 {
				t.Errorf("a mistake that says nothing: %+v", m)
			}
		}
	})
}

func TestMistakesAreListedAsCompilersDo(t *testing.T) {
	found := Mistakes{{2, "one"}, {0, "all of it"}, {1, "other"}}.Err()
	err := In("a.yaml", fmt.Errorf("reading: %w", found))
	if got := err.Error(); got != "a.yaml: all of it\na.yaml:1: other\na.yaml:2: one" {
		t.Error(got)
	}
	if m, ok := errors.AsType[Mistakes](err); !ok || len(m) != 3 {
		t.Errorf("it lost its mistakes: %v", m)
	}
	if got := In("a.yaml", errors.New("too long")).Error(); got != "a.yaml: too long" {
		t.Error(got)
	}
}
