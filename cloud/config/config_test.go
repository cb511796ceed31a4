package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestTheReferenceFileEqualsTheDefaults(t *testing.T) {
	c, _, mistakes := decode(Reference, Default())
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	if !reflect.DeepEqual(c, Default()) {
		t.Errorf("the reference file says\n%+v\nthe defaults are\n%+v", c, Default())
	}
	// It must say every default, not only agree with those that it says.
	blank, _, mistakes := decode(Reference, Config{})
	if mistakes != nil || !reflect.DeepEqual(blank, Default()) {
		t.Errorf("the reference file leaves out a default: %+v", blank)
	}
}

func TestTheReferenceFileNamesEveryKeyAndItsExamplesAreValid(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#([^\s#])`).ReplaceAll(Reference, []byte("$1"))
	if c, err := Parse(text); err != nil || c.SiteName == "" {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		for i, c := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 0 {
				named[c.Value] = true
			}
			walk(c)
		}
	}
	walk(&doc)
	var keys func(reflect.Type) []string
	keys = func(t reflect.Type) (all []string) {
		for i := 0; t.Kind() == reflect.Struct && i < t.NumField(); i++ {
			all = append(append(all, t.Field(i).Tag.Get("yaml")), keys(t.Field(i).Type)...)
		}
		return all
	}
	for _, key := range keys(reflect.TypeFor[Config]()) {
		if !named[key] {
			t.Errorf("the reference file does not show %q", key)
		}
	}
}

// Each bad file says in its first lines what has to be found.
func TestEachMistakeIsFoundAtItsLine(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d bad files, %v", len(files), err)
	}
	wants := regexp.MustCompile(`(?m)^# want: (.*)$`)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, m := range wants.FindAllSubmatch(data, -1) {
				want = append(want, string(m[1]))
			}
			_, err = Load(file)
			found, ok := errors.AsType[Mistakes](err)
			if len(want) == 0 || !ok {
				t.Fatalf("want %q, got %v", want, err)
			}
			if got := strings.Split(found.Error(), "\n"); !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func TestSeed(t *testing.T) {
	good := `
gateways: [{id: gw-1, out: certs/gw-1}]
residents: [{id: r1, name: 李建国, place: 2F, room: "201", bed: A, gateway: gw-1}]
users: [{name: li, role: nurse, language: zh-CN, password_file: li.password}]
`
	s, err := ParseSeed([]byte(good))
	if err != nil || s.Residents[0].Name != "李建国" || s.Users[0].PasswordFile != "li.password" {
		t.Fatalf("%+v, %v", s, err)
	}
	for old, change := range map[string][2]string{
		"id: gw-1, out": {"id: gw/1, out", "gateways[0].id"},
		"name: 李建国, ":   {"", "residents[0].name: missing"},
		"role: nurse":   {"role: root", `"root" is not nurse or admin`},
		"zh-CN":         {"fr", `"fr" is not zh-CN or en`},
		"password_file": {"password", `unknown key "password"`},
		"out: certs":    {"to: certs", `unknown key "to"`},
	} {
		if _, err := ParseSeed([]byte(strings.Replace(good, old, change[0], 1))); err == nil || !strings.Contains(err.Error(), change[1]) {
			t.Errorf("%q became %q: %v", old, change[0], err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Reference)
	f.Add([]byte("site: [\n"))
	f.Add([]byte("http: {session: 3h, listen: \":1\"}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, parse := range []func([]byte) error{
			func(b []byte) error { _, err := Parse(b); return err },
			func(b []byte) error { _, err := ParseSeed(b); return err },
		} {
			if err := parse(b); err != nil {
				if _, ok := errors.AsType[Mistakes](err); !ok {
					t.Errorf("%T: %v", err, err)
				}
			}
		}
	})
}
