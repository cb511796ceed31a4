package replay

import (
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
